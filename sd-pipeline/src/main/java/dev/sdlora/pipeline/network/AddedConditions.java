package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;
import java.util.Optional;

/**
 * What a U-Net is told beside time and text, for each member of a batch.
 *
 * @param vector float32 [batch, V]: what the text says as a whole, and sizes (Podell et al. 2023,
 *     "SDXL", section 2.2); V is 0 for U-Nets that read none
 * @param guidance float32 [batch, G]: how strongly to guide, for a network that was distilled with
 *     guidance (Luo et al. 2023, "Latent Consistency Models"); G is 0 for others
 * @param regions float32 [batch, regions · tokens, width]: what the text encoders say of the text
 *     with the LoRAs of each region, one behind another; empty where no LoRA has a region
 */
public record AddedConditions(NDArray vector, NDArray guidance, Optional<NDArray> regions) {
  /** Where no LoRA has a region. */
  public AddedConditions(NDArray vector, NDArray guidance) {
    this(vector, guidance, Optional.empty());
  }

  /** Nothing, for so many members. */
  public static AddedConditions none(int rows, NDManager scope) {
    NDArray nothing = Torch.floats(scope, new float[0], rows, 0);
    return new AddedConditions(nothing, nothing);
  }
}
