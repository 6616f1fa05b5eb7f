package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDArray;
import dev.sdlora.pipeline.canvas.StartLatent;
import java.util.List;
import java.util.Optional;

/**
 * The inputs of a denoising pass in addition to noise.
 *
 * @param starts the start latent of each image; empty to start from noise alone
 * @param shown the channels that an inpainting or editing model reads in addition to the noisy
 *     latent, [count][height / 8][width / 8]; empty for other models
 * @param references the latents of reference images, float32 [1, channels, height, width] each
 */
record PassInput(List<StartLatent> starts, Optional<float[]> shown, List<NDArray> references) {
  /** Copies the lists. */
  PassInput {
    starts = List.copyOf(starts);
    references = List.copyOf(references);
  }

  /** Returns the start latent of an image. */
  Optional<StartLatent> start(int index) {
    return starts.isEmpty() ? Optional.empty() : Optional.of(starts.get(index));
  }
}
