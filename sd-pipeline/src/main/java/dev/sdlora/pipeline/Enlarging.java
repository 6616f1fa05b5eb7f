package dev.sdlora.pipeline;

import dev.sdlora.api.Upscaler;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;

/** Enlarges pictures with the upscaler that a request names. */
final class Enlarging {
  private Enlarging() {}

  /**
   * A picture of given sides.
   *
   * @param upscaler one of pictures, not of latents
   * @throws dev.sdlora.api.CheckpointException if there is no such network
   */
  static Raster enlarge(Upscaler upscaler, Raster picture, int width, int height) {
    if (upscaler.equals(Upscaler.NEAREST)) {
      return Resampling.NEAREST.resize(picture, width, height);
    }
    return Framing.stretch(picture, width, height);
  }
}
