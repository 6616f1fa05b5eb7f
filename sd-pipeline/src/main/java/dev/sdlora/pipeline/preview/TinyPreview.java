package dev.sdlora.pipeline.preview;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.pipeline.checkpoint.NetworkFile;
import dev.sdlora.pipeline.checkpoint.TinyDecoderReader;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.network.TinyDecoder;
import dev.sdlora.pipeline.network.TinyDecoderConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** Previews of the full size by TAESD. */
public final class TinyPreview implements Previewer, AutoCloseable {
  /** The number of channels of the latents of SD 3 and Flux. */
  private static final int MODERN_CHANNELS = 16;

  private final Torch torch;
  private final LiveWeights weights;
  private final TinyDecoder decoder;
  private final int channels;

  /**
   * Reads the decoder.
   *
   * @param latentChannels of the latents that it will get
   * @param torch owns its native memory
   * @throws CheckpointException if the file is something else, or for other latents
   */
  public TinyPreview(Path file, int latentChannels, Torch torch, TensorLoader loader) {
    NetworkFile<TinyDecoderConfig> read = TinyDecoderReader.read(file);
    requireFit(file, read.config(), latentChannels);
    this.torch = torch;
    this.channels = latentChannels;
    this.weights = LiveWeights.load(torch, loader, read.weights(), ScalarType.FLOAT32);
    this.decoder = new TinyDecoder(torch, read.config(), weights);
  }

  private static void requireFit(Path file, TinyDecoderConfig config, int latentChannels) {
    if (config.latentChannels() != latentChannels) {
      throw new CheckpointException(
          "preview decoder '%s' is for latents of %s channels, but the checkpoint's have %s; %s"
              .formatted(
                  file,
                  config.latentChannels(),
                  latentChannels,
                  config.latentChannels() == MODERN_CHANNELS
                      ? "it is probably TAESD3 or TAEF1, and TAESD is the one for SD 1.x"
                      : "it was probably made for another model"),
          ErrorDetails.in(file));
    }
  }

  @Override
  public BufferedImage image(float[] latent, int height, int width) {
    try (NDManager scope = torch.scope()) {
      NDArray pixels =
          decoder.decode(Torch.floats(scope, latent, 1, channels, height, width), scope);
      return Pixels.image(pixels.toFloatArray(), (int) pixels.getShape().get(3));
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
