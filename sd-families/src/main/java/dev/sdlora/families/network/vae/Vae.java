package dev.sdlora.families.network.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.network.Edges;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The autoencoder between pixels and latents (Rombach et al. 2022). It computes in the dtype of its
 * weights; sums, norms, softmax and the first and last layers stay in float32.
 */
public final class Vae {
  /** The TorchScript source of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(UNet.class, "vae.torchscript.py");

  /** The TorchScript source of the functions that its methods call. */
  public static final List<Program.Source> FUNCTIONS =
      Program.Source.beside(
          UNet.class,
          "products.torchscript.py",
          "weight.torchscript.py",
          "layers.torchscript.py",
          "vae_middle.torchscript.py",
          "vae_parts.torchscript.py");

  /** The same functions for {@linkplain VaePacking packed} weights. */
  private static final List<Program.Source> PACKED_FUNCTIONS =
      Program.Source.beside(
          UNet.class,
          "packed_products.torchscript.py",
          "layers.torchscript.py",
          "vae_middle.torchscript.py",
          "vae_parts.torchscript.py");

  /**
   * Elements in a strip: 16 MB in float32. A strip fits into the processor's cache, and its memory
   * is reused for the next strip, whereas larger blocks are allocated by the system page by page.
   */
  public static final int STRIP = 1 << 22;

  private final Program program;
  private final VaeConfig config;
  private final Half encoder;
  private final Half decoder;
  private final Tiling tiling;
  private final int strip;

  /** Creates an autoencoder; the weights are not closed with it. */
  public Vae(Torch torch, VaeConfig config, LiveWeights weights) {
    this(torch, config, weights, weights);
  }

  /**
   * Creates an autoencoder with separate weights for each half, so that one half can be in memory
   * without the other.
   *
   * @param encoder the weights of the encoding {@linkplain VaeConfig#half half}
   * @param decoder the weights of the decoding half, of the same dtype and packing
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

  /** Weights and the supplier of their dictionary. */
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

  /** Returns the same autoencoder with wrap-around padding at some edges, for tileable images. */
  public Vae tiling(Tiling edges) {
    return new Vae(program, config, encoder, decoder, edges, strip);
  }

  /** Returns the same autoencoder, which gets its dictionaries from suppliers before each use. */
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
   * Returns the same autoencoder, which processes the layers of large images in strips to save
   * memory. The norms still cover the whole image, so there are no seams and the result differs
   * only by rounding.
   */
  public Vae inStrips() {
    return inStrips(STRIP);
  }

  /**
   * Returns the same autoencoder with strips of another size.
   *
   * @param numbers approximate number of elements of a layer in a strip, 0 for whole images
   */
  Vae inStrips(int numbers) {
    return new Vae(program, config, encoder, decoder, tiling, numbers);
  }

  /** The dimensions of the autoencoder. */
  public VaeConfig config() {
    return config;
  }

  /** The weights of the encoder. */
  public LiveWeights encoderWeights() {
    return encoder.weights();
  }

  /** The weights of the decoder. */
  public LiveWeights decoderWeights() {
    return decoder.weights();
  }

  /**
   * Decodes latents to pixels.
   *
   * @param latents float32 [batch, channels, h, w] as the encoder returns them, not scaled
   * @param scope the manager that will own the result
   * @return float32 [batch, 3, 8h, 8w], about -1 to 1
   */
  public NDArray decode(NDArray latents, NDManager scope) {
    return run("decode", decoder, latents, scope);
  }

  /**
   * Decodes one latent of a sampler to pixels.
   *
   * @param latent [channels][height / factor][width / factor], at unit variance, with the
   *     {@linkplain VaeConfig#sampledChannels channels} and {@linkplain VaeConfig#sampledFactor
   *     factor} of the sampler
   * @param size the size of the image, a multiple of the factor
   * @param scope a manager for temporary tensors
   * @return [3][height][width], about -1 to 1
   */
  public float[] decode(float[] latent, ImageSize size, NDManager scope) {
    int height = size.height() / config.factor();
    int width = size.width() / config.factor();
    float[] unscaled = config.format().fromUnitVariance(latent, config.latentChannels(), width);
    try (NDArray input = Torch.floats(scope, unscaled, 1, config.latentChannels(), height, width);
        NDArray output = decode(input, scope)) {
      return output.toFloatArray();
    }
  }

  /**
   * Encodes pixels to the moments of a latent.
   *
   * @param pixels float32 [batch, 3, 8h, 8w], -1 to 1
   * @param scope the manager that will own the result
   * @return float32 [batch, 2 · channels, h, w]: means, then log variances
   */
  public NDArray encode(NDArray pixels, NDManager scope) {
    return run("encode", encoder, pixels, scope);
  }

  /**
   * Encodes an image to a latent for a sampler: the mean of the encoder's distribution.
   *
   * @param pixels [3][height][width], -1 to 1
   * @param size the size of the image, a multiple of the sampler's factor
   * @param scope a manager for temporary tensors
   * @return a latent as {@link #decode(float[], ImageSize, NDManager)} takes it
   */
  public float[] encode(float[] pixels, ImageSize size, NDManager scope) {
    float[] latent = mean(pixels, size, scope);
    int width = size.width() / config.factor();
    return config.format().toUnitVariance(latent, config.latentChannels(), width);
  }

  /** Encodes an image to the mean of the encoder's distribution, not scaled to unit variance. */
  public float[] mean(float[] pixels, ImageSize size, NDManager scope) {
    try (NDArray input = Torch.floats(scope, pixels, 1, 3, size.height(), size.width());
        NDArray moments = encode(input, scope)) {
      return Arrays.copyOf(moments.toFloatArray(), (int) moments.size() / 2);
    }
  }

  private NDArray run(String method, Half half, NDArray input, NDManager scope) {
    // Packed layers always read strips; the whole image is one strip.
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
