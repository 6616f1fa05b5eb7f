package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The autoencoder between pixels and latents (Rombach et al. 2022). It computes in the format of
 * its weights; sums, norms, softmax and the layers at its ends stay in float32.
 */
public final class Vae {
  /** The text of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(Vae.class, "vae.torchscript.py");

  /** The text of the functions that its methods call. */
  public static final List<Program.Source> FUNCTIONS =
      Program.Source.beside(
          Vae.class,
          "products.torchscript.py",
          "layers.torchscript.py",
          "vae_middle.torchscript.py",
          "vae_parts.torchscript.py");

  /** The same for {@linkplain VaePacking packed} weights. */
  private static final List<Program.Source> PACKED_FUNCTIONS =
      Program.Source.beside(
          Vae.class,
          "packed_products.torchscript.py",
          "layers.torchscript.py",
          "vae_middle.torchscript.py",
          "vae_parts.torchscript.py");

  /**
   * Numbers in a strip: 16 MB in float32. It stays in the cache of the processor, and the memory of
   * one strip is reused for the next, while larger blocks come from the system page by page.
   */
  public static final int STRIP = 1 << 22;

  private final Program program;
  private final VaeConfig config;
  private final Half encoder;
  private final Half decoder;
  private final Tiling tiling;
  private final int strip;

  /** An autoencoder over weights that it does not own. */
  public Vae(Torch torch, VaeConfig config, LiveWeights weights) {
    this(torch, config, weights, weights);
  }

  /**
   * The same with the weights of each half by themselves, so that one can be in memory without the
   * other.
   *
   * @param encoder those of the {@linkplain VaeConfig#half half} that encodes
   * @param decoder the others, in the same format; packed if those are
   */
  public Vae(Torch torch, VaeConfig config, LiveWeights encoder, LiveWeights decoder) {
    this(
        Program.load(torch, METHODS, decoder.isPacked() ? PACKED_FUNCTIONS : FUNCTIONS),
        config,
        new Half(encoder, encoder::dict),
        new Half(decoder, decoder::dict),
        Tiling.NONE,
        0);
  }

  /** Weights and how they are had when they are needed. */
  private record Half(LiveWeights weights, Supplier<TensorDict> dict) {}

  private Vae(
      Program program, VaeConfig config, Half encoder, Half decoder, Tiling tiling, int strip) {
    this.program = program;
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
    this.tiling = tiling;
    this.strip = strip;
  }

  /** The same autoencoder for images some of whose edges continue at the opposite edge. */
  public Vae tiling(Tiling edges) {
    return new Vae(program, config, encoder, decoder, edges, strip);
  }

  /** The same autoencoder that asks for its dictionaries of weights before each use. */
  public Vae reading(Supplier<TensorDict> encoding, Supplier<TensorDict> decoding) {
    return new Vae(
        program,
        config,
        new Half(encoder.weights(), encoding),
        new Half(decoder.weights(), decoding),
        tiling,
        strip);
  }

  /**
   * The same autoencoder that works through the layers of large images strip by strip. The norms
   * still see the whole image, so its result differs only in how sums are rounded, and has no
   * seams; what it takes less is memory.
   */
  public Vae inStrips() {
    return inStrips(STRIP);
  }

  /**
   * The same in strips of another size.
   *
   * @param numbers about how many of a layer are in a strip, 0 for whole images
   */
  Vae inStrips(int numbers) {
    return new Vae(program, config, encoder, decoder, tiling, numbers);
  }

  /** The dimensions. */
  public VaeConfig config() {
    return config;
  }

  /** The weights that encode. */
  public LiveWeights encoderWeights() {
    return encoder.weights();
  }

  /** The weights that decode. */
  public LiveWeights decoderWeights() {
    return decoder.weights();
  }

  /**
   * Turns latents into pixels.
   *
   * @param latents float32 [batch, channels, h, w] as the encoder makes them, not scaled
   * @param scope the manager that will own the result
   * @return float32 [batch, 3, 8h, 8w], about -1 to 1
   */
  public NDArray decode(NDArray latents, NDManager scope) {
    return run("decode", decoder, latents, scope);
  }

  /**
   * Turns one latent of a sampler into pixels.
   *
   * @param latent [channels][height / 8][width / 8], at unit variance
   * @param size of the image
   * @param scope a manager for what is needed on the way
   * @return [3][height][width], about -1 to 1
   */
  public float[] decode(float[] latent, ImageSize size, NDManager scope) {
    float[] unscaled = config.format().fromUnitVariance(latent, config.latentChannels());
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
    return run("encode", encoder, pixels, scope);
  }

  /**
   * Turns an image into one latent for a sampler: the mean of what the encoder finds likely.
   *
   * @param pixels [3][height][width], -1 to 1
   * @param size of the image
   * @param scope a manager for what is needed on the way
   * @return [channels][height / 8][width / 8], at unit variance
   */
  public float[] encode(float[] pixels, ImageSize size, NDManager scope) {
    float[] latent = mean(pixels, size, scope);
    config.format().toUnitVariance(latent, config.latentChannels());
    return latent;
  }

  /** The same as the encoder gives it, not brought to unit variance. */
  public float[] mean(float[] pixels, ImageSize size, NDManager scope) {
    try (NDArray input = Torch.floats(scope, pixels, 1, 3, size.height(), size.width());
        NDArray moments = encode(input, scope)) {
      return Arrays.copyOf(moments.toFloatArray(), (int) moments.size() / 2);
    }
  }

  private NDArray run(String method, Half half, NDArray input, NDManager scope) {
    // Packed layers read strips, of which the whole is one.
    int numbers = strip == 0 && half.weights().isPacked() ? Integer.MAX_VALUE : strip;
    return program
        .call(method)
        .tensor(input)
        .tensors(half.dict().get())
        .integer(config.levels())
        .integer(config.layers())
        .integer(Edges.code(tiling))
        .integer(numbers)
        .run(scope);
  }
}
