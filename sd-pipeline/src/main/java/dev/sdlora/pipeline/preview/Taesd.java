package dev.sdlora.pipeline.preview;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.checkpoint.auxiliary.TinyDecoderReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.TinyDecoder;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The decoder of TAESD or of one of its successors, for full-size previews and for final images.
 * All of them decode the sampler's latents as they are, without the statistics of the VAE.
 */
public final class Taesd implements Previewer, AutoCloseable {
  /** The decoders for latents with each number of channels. */
  private static final Map<Integer, String> NAMES =
      Map.of(4, "TAESD or TAESDXL", 16, "TAEF1 or TAESD3", 32, "TAEF2");

  /** Pixels per latent position, along each side. */
  private static final int SCALE = 8;

  private final Torch torch;
  private final LiveWeights weights;
  private final TinyDecoder decoder;
  private final TinyDecoderConfig config;
  private final LatentFormat format;

  /**
   * Loads the decoder.
   *
   * @param file the decoder's file
   * @param vae the autoencoder whose latents to decode
   * @param torch owner of the native memory
   * @param loader loads the weights
   * @throws CheckpointException if the file is not a TAESD decoder or is for other latents
   */
  public static Taesd load(Path file, VaeConfig vae, Torch torch, TensorLoader loader) {
    NetworkFile<TinyDecoderConfig> read = TinyDecoderReader.read(file);
    requireFit(file, read.config().latentChannels(), vae.latentChannels());
    LiveWeights weights = LiveWeights.load(torch, loader, read.weights(), ScalarType.FLOAT32);
    return new Taesd(torch, read.config(), vae.format().patch(), weights);
  }

  private Taesd(Torch torch, TinyDecoderConfig config, int patch, LiveWeights weights) {
    this.torch = torch;
    this.config = config;
    this.format = new LatentFormat(1, List.of(), List.of(), patch);
    this.weights = weights;
    this.decoder = new TinyDecoder(torch, config, weights);
  }

  private static void requireFit(Path file, int found, int needed) {
    if (found != needed) {
      String name = NAMES.get(found);
      String other = NAMES.get(needed);
      throw new CheckpointException(
          "preview decoder '%s' is for latents with %s channels, but the checkpoint has %s; %s%s"
              .formatted(
                  file,
                  found,
                  needed,
                  name == null
                      ? "it was probably made for another model"
                      : "it is probably " + name,
                  other == null ? "" : ", but this checkpoint needs " + other),
          ErrorDetails.in(file));
    }
  }

  @Override
  public BufferedImage image(float[] latent, int height, int width) {
    int side = SCALE * format.patch();
    ImageSize size = new ImageSize(side * width, side * height);
    return Pixels.image(decode(latent, size, Tiling.NONE), size.width());
  }

  /**
   * Decodes a latent.
   *
   * @param latent a latent of the sampler, at unit variance
   * @param size the size of the image
   * @param tiling the edges that wrap around
   * @return [3][height][width], about -1 to 1
   */
  public float[] decode(float[] latent, ImageSize size, Tiling tiling) {
    int height = size.height() / SCALE;
    int width = size.width() / SCALE;
    float[] own = format.fromUnitVariance(latent, config.latentChannels(), width);
    try (NDManager scope = torch.scope();
        NDArray latents = Torch.floats(scope, own, 1, config.latentChannels(), height, width)) {
      return decoder.decode(latents, tiling, scope).toFloatArray();
    }
  }

  /** The dimensions of the decoder. */
  public TinyDecoderConfig config() {
    return config;
  }

  @Override
  public void close() {
    weights.close();
  }
}
