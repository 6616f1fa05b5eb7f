package dev.sdlora.pipeline.generation;

import dev.sdlora.pipeline.canvas.StartLatent;
import java.util.List;
import java.util.Optional;

/**
 * What a denoising pass is given beside noise.
 *
 * @param starts what each image starts from; empty for noise alone
 * @param shown what an inpainting model or one that edits reads beside the noisy latent,
 *     [count][height / 8][width / 8]; empty for other models
 */
record PassInput(List<StartLatent> starts, Optional<float[]> shown) {
  /** What one of the images starts from. */
  Optional<StartLatent> start(int index) {
    return starts.isEmpty() ? Optional.empty() : Optional.of(starts.get(index));
  }
}
