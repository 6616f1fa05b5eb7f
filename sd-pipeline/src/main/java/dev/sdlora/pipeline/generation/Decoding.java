package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.raster.Raster;
import java.util.Optional;

/**
 * Decodes latents to images.
 *
 * @param canvas the start image into which the decoded image is pasted
 */
record Decoding(
    Model model,
    PromptSpec spec,
    Optional<Canvas> canvas,
    RequestNetworks networks,
    Progress progress) {

  /**
   * Decodes a latent.
   *
   * @param index the index of the image
   * @param size the size of the latent in pixels
   */
  Raster decode(int index, float[] latent, ImageSize size, NDManager scope) {
    progress.listener().decodeStart(index);
    progress.stopIfCancelled();
    float[] pixels =
        switch (spec.finalDecoder()) {
          case VAE -> model.memory().withVae(spec, size, vae -> vae.decode(latent, size, scope));
          case TAESD -> model.auxiliary().taesd().decode(latent, size, spec.tiling());
        };
    progress.listener().decodeEnd(index);
    return Pixels.raster(pixels, size);
  }

  /** Pastes a decoded image into the start image and upscales it, as the request specifies. */
  Raster finish(Raster decoded) {
    Raster finished = canvas.map(given -> given.finish(decoded)).orElse(decoded);
    return spec.upscaler().map(by -> upscale(finished, by)).orElse(finished);
  }

  private Raster upscale(Raster image, Upscaler by) {
    return networks.enlarge(
        by, image, (int) (image.width() * spec.upscale()), (int) (image.height() * spec.upscale()));
  }
}
