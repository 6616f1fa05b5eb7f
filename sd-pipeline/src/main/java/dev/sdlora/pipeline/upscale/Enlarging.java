package dev.sdlora.pipeline.upscale;

import dev.sdlora.api.image.Upscaler;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import dev.sdlora.tensors.torch.Torch;
import java.util.Optional;

/**
 * Brings images to larger sizes by the upscaler of a request, as A1111 does: by a network, as often
 * as it takes to reach the size, and from there, as by the filters, in one step. Used by one
 * thread.
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
   * Makes an upscaler ready. The caller closes it.
   *
   * @param upscaler one of images, not of latents
   * @param folders where networks are found by name
   * @param torch owner of the native memory
   * @param beforeEachPiece may throw, to end the work
   * @throws dev.sdlora.api.error.CheckpointException if there is no such network
   */
  public static Enlarging open(
      Upscaler upscaler, UpscalerFolders folders, Torch torch, Runnable beforeEachPiece) {
    if (upscaler.isLatent()) {
      throw new IllegalArgumentException("upscaler is not one of pictures: " + upscaler.name());
    }
    return new Enlarging(
        upscaler.equals(Upscaler.NEAREST) ? Resampling.NEAREST : Resampling.LANCZOS,
        UpscalerFolders.isNetwork(upscaler)
            ? Optional.of(folders.open(upscaler, torch))
            : Optional.empty(),
        beforeEachPiece);
  }

  /**
   * How many times wider an image becomes before it is brought to the size that is wanted.
   *
   * @param factor of the network
   * @param wanted times wider
   */
  public static double reached(int factor, double wanted) {
    double reached = factor;
    for (int round = 1; round < MOST_ROUNDS && reached < wanted; round++) {
      reached *= factor;
    }
    return reached;
  }

  /** An image with other sides. */
  public Raster enlarge(Raster picture, int width, int height) {
    Raster large = picture;
    if (network.isPresent()) {
      for (int round = 0; round < MOST_ROUNDS; round++) {
        if (round > 0 && large.width() >= width && large.height() >= height) {
          break;
        }
        large = network.get().upscale(large, (number, count) -> beforeEachPiece.run());
      }
    }
    return filter.resize(large, width, height);
  }

  @Override
  public void close() {
    network.ifPresent(TiledUpscaler::close);
  }
}
