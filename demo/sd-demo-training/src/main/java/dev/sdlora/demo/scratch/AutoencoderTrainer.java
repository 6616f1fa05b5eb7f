package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.step.AdamW;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Trains a variational autoencoder (Kingma and Welling 2014; Rombach et al. 2022) from scratch, on
 * the error of its images. Not safe for use by several threads.
 */
public final class AutoencoderTrainer implements ScratchTrainer {
  /** Weight of the divergence of latents from unit variance. */
  private static final float DIVERGENCE = 2e-4f;

  private final Torch torch = Torch.open("cpu");
  private final VaeConfig config;
  private final Program program;
  private final ScratchWeights weights;
  private final NDArray size;
  private final NDArray divergence;
  private final long seed;

  /**
   * Creates a trainer at its start.
   *
   * @param config the dimensions of the autoencoder
   * @param seed the seed of the initial weights and all noise
   */
  public AutoencoderTrainer(VaeConfig config, long seed) {
    this.config = config;
    this.seed = seed;
    this.program =
        ScratchWeights.program(torch, Vae.METHODS, Vae.FUNCTIONS, "autoencode.torchscript.py");
    this.weights =
        new ScratchWeights(torch, config.weights(), new AdamW.Settings(0.99, 0, 1), seed);
    this.size = torch.manager().create(new int[] {config.levels(), config.layers()});
    this.divergence = torch.manager().create(new float[] {DIVERGENCE});
  }

  @Override
  public int step() {
    return weights.step();
  }

  /**
   * Runs a step.
   *
   * @param pixels [batch][3][side][side], -1 to 1
   * @param batch the number of images
   * @param side the side of the images, a multiple of 8
   * @param learningRate the learning rate of this step
   * @return the loss
   */
  public double step(float[] pixels, int batch, int side, double learningRate) {
    try (NDManager scope = torch.scope()) {
      int latent = side / config.factor();
      NDArray input = Torch.floats(scope, pixels, batch, 3, side, side);
      int elements = batch * config.latentChannels() * latent * latent;
      NDArray noise =
          Torch.floats(
              scope,
              Noise.of(Rng.CPU, seed * 1_000_003 + step()).next(elements),
              batch,
              config.latentChannels(),
              latent,
              latent);
      return update(
          program
              .record("autoencode")
              .tensor(input)
              .tensor(noise)
              .tensors(weights.weights())
              .tensor(size)
              .tensor(divergence)
              .run(scope),
          learningRate);
    }
  }

  /** Starts from the weights of a trained autoencoder. */
  public void startFrom(Map<String, float[]> trained) {
    weights.startFrom(trained);
  }

  /**
   * Runs a step of the decoder alone, on latents that may not come from the encoder.
   *
   * @param latents [batch][channels][side / 8][side / 8], not scaled
   * @param pixels the target images, [batch][3][side][side], -1 to 1
   * @param side the side of the images
   * @param learningRate the learning rate of this step
   * @return the loss
   */
  public double stepDecoder(float[] latents, float[] pixels, int side, double learningRate) {
    int batch = pixels.length / (3 * side * side);
    int latent = side / config.factor();
    try (NDManager scope = torch.scope()) {
      return update(
          program
              .record("decoder")
              .tensor(Torch.floats(scope, latents, batch, config.latentChannels(), latent, latent))
              .tensor(Torch.floats(scope, pixels, batch, 3, side, side))
              .tensors(weights.weights())
              .tensor(size)
              .run(scope),
          learningRate);
    }
  }

  private double update(Map<String, NDArray> gradients, double learningRate) {
    double loss = Objects.requireNonNull(gradients.get("loss")).getFloat();
    weights.update(gradients, learningRate);
    return loss;
  }

  /**
   * Encodes images with the averaged weights.
   *
   * @param pixels [batch][3][side][side], -1 to 1
   * @return means, then log variances: [batch][2 · channels][side / 8][side / 8]
   */
  public float[] encode(float[] pixels, int batch, int side) {
    return run("encode", pixels, batch, 3, side, side);
  }

  /**
   * Decodes latents with the averaged weights.
   *
   * @param latents [batch][channels][side / 8][side / 8], not scaled
   * @param side the side of the images
   * @return [batch][3][side][side], about -1 to 1
   */
  public float[] decode(float[] latents, int batch, int side) {
    int small = side / config.factor();
    return run("decode", latents, batch, config.latentChannels(), small, small);
  }

  private float[] run(String method, float[] input, long... shape) {
    try (NDManager scope = torch.scope();
        TensorDict dict = TensorDict.of(weights.averages())) {
      return program
          .call(method)
          .tensor(Torch.floats(scope, input, shape))
          .tensors(dict)
          .integer(config.levels())
          .integer(config.layers())
          .integer(0) // not seamless: images have edges
          .integer(0) // not split: images are small enough to process whole
          .run(scope)
          .toFloatArray();
    }
  }

  @Override
  public void save(Path path) {
    weights.save(path);
  }

  @Override
  public void resume(Path path) {
    weights.resume(path);
  }

  /** Returns the averaged weights. */
  public Map<String, float[]> result() {
    return weights.result();
  }

  @Override
  public void close() {
    torch.close();
  }
}
