package dev.sdlora.pipeline.upscale;

import dev.sdlora.api.image.Upscaler;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import dev.sdlora.tensors.torch.Torch;
import java.util.Optional;

/**
 * Enlarges images with the upscaler of a request, as A1111 does: a network is applied until the
 * size is reached, then the result is resampled to the exact size, as with the filters. Not
 * thread-safe.
 */
public final class Enlarging implements AutoCloseable {
  /** A1111's limit, for networks that enlarge little or not at all. */
  private static final int MOST_ROUNDS = 3;

  private final Resampling filter;
  private final Optional<TiledUpscaler> network;
  private final Runnable beforeEachPiece;

  private Enlarging(Resampling filter, Optional<TiledUpscaler> network, Runnable beforeEachPiece) {
    this.filter = filter;
    this.network = network;
    this.beforeEachPiece = beforeEachPiece;
  }

  /**
   * Opens an upscaler. The caller closes it.
   *
   * @param upscaler an image upscaler, not a latent one
   * @param folders finds networks by name
   * @param torch owner of the native memory
   * @param beforeEachPiece may throw to abort the work
   * @throws dev.sdlora.api.error.CheckpointException if there is no such network
   */
  public static Enlarging open(
      Upscaler upscaler, UpscalerFolders folders, Torch torch, Runnable beforeEachPiece) {
    if (upscaler.isLatent()) {
      throw new IllegalArgumentException("upscaler is not an image upscaler: " + upscaler.name());
    }
    return new Enlarging(
        upscaler.equals(Upscaler.NEAREST) ? Resampling.NEAREST : Resampling.LANCZOS,
        UpscalerFolders.isNetwork(upscaler)
            ? Optional.of(folders.open(upscaler, torch))
            : Optional.empty(),
        beforeEachPiece);
  }

  /**
   * Returns the factor that the network reaches before the image is resampled to the requested
   * size.
   *
   * @param factor the factor of the network
   * @param wanted the requested factor
   */
  public static double reached(int factor, double wanted) {
    double reached = factor;
    for (int round = 1; round < MOST_ROUNDS && reached < wanted; round++) {
      reached *= factor;
    }
    return reached;
  }

  /** Resizes an image. */
  public Raster enlarge(Raster image, int width, int height) {
    Raster large = image;
    if (network.isPresent()) {
      for (int round = 0; round < MOST_ROUNDS; round++) {
        if (round > 0 && large.width() >= width && large.height() >= height) {
          break;
        }
        large = network.get().upscale(large, done -> beforeEachPiece.run());
      }
    }
    return filter.resize(large, width, height);
  }

  @Override
  public void close() {
    network.ifPresent(TiledUpscaler::close);
  }
}
