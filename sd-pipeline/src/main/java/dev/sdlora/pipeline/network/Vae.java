package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ImageSize;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.Arrays;
import java.util.List;

/** The autoencoder between pixels and latents (Rombach et al. 2022), in float32. */
public final class Vae {
  /** The text of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(Vae.class, "vae.torchscript.py");

  /** The text of the functions that its methods call. */
  public static final List<Program.Source> FUNCTIONS =
      Program.Source.beside(Vae.class, "layers.torchscript.py", "vae_middle.torchscript.py");

  private final Program program;
  private final VaeConfig config;
  private final LiveWeights weights;

  /** An autoencoder over weights that it does not own. */
  public Vae(Torch torch, VaeConfig config, LiveWeights weights) {
    this.program = Program.load(torch, METHODS, FUNCTIONS);
    this.config = config;
    this.weights = weights;
  }

  /** The dimensions. */
  public VaeConfig config() {
    return config;
  }

  /** The weights. */
  public LiveWeights weights() {
    return weights;
  }

  /**
   * Turns latents into pixels.
   *
   * @param latents float32 [batch, channels, h, w] as the encoder makes them, not scaled
   * @param scope the manager that will own the result
   * @return float32 [batch, 3, 8h, 8w], about -1 to 1
   */
  public NDArray decode(NDArray latents, NDManager scope) {
    return run("decode", latents, scope);
  }

  /**
   * Turns one latent of a sampler into pixels.
   *
   * @param latent [channels][height / 8][width / 8], at unit variance
   * @param size of the picture
   * @param scope a manager for what is needed on the way
   * @return [3][height][width], about -1 to 1
   */
  public float[] decode(float[] latent, ImageSize size, NDManager scope) {
    float[] unscaled = new float[latent.length];
    for (int i = 0; i < latent.length; i++) {
      unscaled[i] = (float) (latent[i] / config.latentScale());
    }
    int height = size.height() / config.factor();
    int width = size.width() / config.factor();
    try (NDArray input = Torch.floats(scope, unscaled, 1, config.latentChannels(), height, width);
        NDArray output = decode(input, scope)) {
      return output.toFloatArray();
    }
  }

  /**
   * Turns pixels into the moments of a latent.
   *
   * @param pixels float32 [batch, 3, 8h, 8w], -1 to 1
   * @param scope the manager that will own the result
   * @return float32 [batch, 2 · channels, h, w]: means, then log variances
   */
  public NDArray encode(NDArray pixels, NDManager scope) {
    return run("encode", pixels, scope);
  }

  /**
   * Turns a picture into one latent for a sampler: the mean of what the encoder finds likely.
   *
   * @param pixels [3][height][width], -1 to 1
   * @param size of the picture
   * @param scope a manager for what is needed on the way
   * @return [channels][height / 8][width / 8], at unit variance
   */
  public float[] encode(float[] pixels, ImageSize size, NDManager scope) {
    try (NDArray input = Torch.floats(scope, pixels, 1, 3, size.height(), size.width());
        NDArray moments = encode(input, scope)) {
      float[] latent = Arrays.copyOf(moments.toFloatArray(), (int) moments.size() / 2);
      for (int i = 0; i < latent.length; i++) {
        latent[i] = (float) (latent[i] * config.latentScale());
      }
      return latent;
    }
  }

  private NDArray run(String method, NDArray input, NDManager scope) {
    return program
        .call(method)
        .tensor(input)
        .tensors(weights.dict())
        .integer(config.levels())
        .integer(config.layers())
        .run(scope);
  }
}
