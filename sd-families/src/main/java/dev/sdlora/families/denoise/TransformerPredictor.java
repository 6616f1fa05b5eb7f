package dev.sdlora.families.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.transformer.DiffusionTransformer;
import java.util.List;

/**
 * Runs a diffusion transformer.
 *
 * @param network the transformer
 * @param references latents of reference images, float32 [1, channels, height, width] each
 */
public record TransformerPredictor(DiffusionTransformer network, List<NDArray> references)
    implements NoisePredictor {
  /** Copies the list. */
  public TransformerPredictor {
    references = List.copyOf(references);
  }

  @Override
  public NDArray predict(Batch batch, NDManager scope) {
    List<Integer> tokens = batch.rows().stream().map(row -> row.condition().tokens()).toList();
    return network.predict(
        new DiffusionTransformer.Input(
            batch.latents(),
            batch.times(),
            batch.context(),
            tokens,
            references,
            batch.added(),
            batch.skipped()),
        scope);
  }
}
