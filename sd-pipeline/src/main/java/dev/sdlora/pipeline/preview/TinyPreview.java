package dev.sdlora.pipeline.preview;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
  private final Torch torch;
  private final LiveWeights weights;
  private final TinyDecoder decoder;
  private final int channels;

  /**
   * Reads the decoder.
   *
   * @param torch owns its native memory
   * @throws dev.sdlora.api.CheckpointException if the file is something else
   */
  public TinyPreview(Path file, Torch torch, TensorLoader loader) {
    NetworkFile<TinyDecoderConfig> read = TinyDecoderReader.read(file);
    this.torch = torch;
    this.channels = read.config().latentChannels();
    this.weights = LiveWeights.load(torch, loader, read.weights(), ScalarType.FLOAT32);
    this.decoder = new TinyDecoder(torch, read.config(), weights);
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
