package dev.sdlora.training.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.Rng;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Diffusion;
import dev.sdlora.training.step.AdamW;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Trains a text encoder and a U-Net together from nothing, on latents with captions. Not safe for
 * several threads.
 */
public final class DenoiserTrainer implements AutoCloseable {
  /** Weighs time steps by min-SNR with this bound. */
  private static final OptionalDouble MIN_SNR_GAMMA = OptionalDouble.of(5);

  private final Torch torch = Torch.open("cpu");
  private final NoiseLevels levels = NoiseLevels.stableDiffusion();
  private final UNetConfig unet;
  private final Program program;
  private final ScratchWeights weights;
  private final NDArray unetSize;
  private final NDArray textSize;
  private final long seed;

  /**
   * A trainer at its start.
   *
   * @param clip dimensions of the text encoder
   * @param unet dimensions of the U-Net
   * @param seed what the first weights, all noise and all times are drawn from
   */
  public DenoiserTrainer(ClipConfig clip, UNetConfig unet, long seed) {
    this.unet = unet;
    this.seed = seed;
    this.program =
        Program.load(
            torch,
            Sources.join(
                List.of(
                    UNet.METHODS, TextEncoder.METHODS, Sources.training("denoise.torchscript.py"))),
            Sources.join(
                List.of(
                    UNet.FUNCTIONS,
                    TextEncoder.FUNCTIONS,
                    Sources.training("denoise_parts.torchscript.py", "gradients.torchscript.py"))));
    Map<String, List<Long>> shapes = new LinkedHashMap<>(unet.weights());
    shapes.putAll(clip.weights());
    this.weights = new ScratchWeights(torch, shapes, new AdamW.Settings(0.99, 0.01, 1), seed);
    this.unetSize = torch.manager().create(UNetSize.of(unet));
    this.textSize = torch.manager().create(new int[] {clip.heads(), clip.layers()});
  }

  /** Steps done so far. */
  public int step() {
    return weights.step();
  }

  /**
   * Makes a step.
   *
   * @param latents [batch][4][side][side], at unit variance
   * @param ids token ids, [batch][77]
   * @param side of a latent
   * @param learningRate of this step
   * @return the loss
   */
  public double step(float[] latents, int[][] ids, int side, double learningRate) {
    int batch = ids.length;
    int[] times = times(batch);
    float[] importance = new float[batch];
    float[] t = new float[batch];
    for (int i = 0; i < batch; i++) {
      importance[i] = (float) Diffusion.minSnrWeight(levels.alphaCumprod(times[i]), MIN_SNR_GAMMA);
      t[i] = times[i];
    }
    float[] noise = Noise.of(Rng.CPU, seed * 1_000_003 + step()).next(latents.length);
    float[] noisy = new float[latents.length];
    for (int i = 0; i < noisy.length; i++) {
      int time = times[i / (noisy.length / batch)];
      noisy[i] = Diffusion.noisy(latents[i], noise[i], levels.alphaCumprod(time));
    }
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> gradients =
          program
              .record("denoise_text")
              .tensor(Torch.floats(scope, noisy, batch, unet.inChannels(), side, side))
              .tensor(Torch.floats(scope, t, batch))
              .tensor(Torch.floats(scope, noise, batch, unet.inChannels(), side, side))
              .tensor(Torch.floats(scope, importance, batch))
              .tensor(tokens(ids, scope))
              .tensors(weights.weights())
              .tensor(unetSize)
              .tensor(textSize)
              .run(scope);
      double loss = Objects.requireNonNull(gradients.get("loss")).getFloat();
      weights.update(gradients, learningRate);
      return loss;
    }
  }

  /** One time in each of as many equal ranges as there are members, which steadies the loss. */
  private int[] times(int batch) {
    SplittableRandom random = new SplittableRandom(seed * 7_368_787 + step());
    int[] times = new int[batch];
    for (int i = 0; i < batch; i++) {
      times[i] = (int) ((i + random.nextDouble()) * levels.trainingSteps() / batch);
    }
    return times;
  }

  private static NDArray tokens(int[][] ids, NDManager scope) {
    int length = ids[0].length;
    long[] flat = new long[ids.length * length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = ids[i / length][i % length];
    }
    return scope.create(flat, new Shape(ids.length, 1, length));
  }

  /** Writes all that a resumed run needs. */
  public void save(Path path) {
    weights.save(path);
  }

  /** Goes on from what was saved. */
  public void resume(Path path) {
    weights.resume(path);
  }

  /** The averaged weights of both networks; rows of tokens never seen are zero. */
  public Map<String, float[]> result() {
    return weights.result();
  }

  @Override
  public void close() {
    torch.close();
  }
}
