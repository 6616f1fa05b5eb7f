package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;
import java.util.Optional;

/**
 * Inputs of a U-Net in addition to timestep and text, for each member of a batch.
 *
 * @param vector float32 [batch, V]: the pooled text and the sizes (Podell et al. 2023, "SDXL",
 *     section 2.2); V is 0 for U-Nets without this input
 * @param guidance float32 [batch, G]: the embedded guidance scale, for a network with distilled
 *     guidance (Luo et al. 2023, "Latent Consistency Models"); G is 0 for others
 * @param regions float32 [batch, regions · tokens, width]: the text states encoded with the LoRAs
 *     of each region, concatenated; empty if no LoRA has a region
 * @param images the image prompts
 */
public record AddedConditions(
    NDArray vector, NDArray guidance, Optional<NDArray> regions, ImageKeys images) {
  /** Creates conditions without image prompts. */
  public AddedConditions(NDArray vector, NDArray guidance, Optional<NDArray> regions) {
    this(vector, guidance, regions, ImageKeys.NONE);
  }

  /** Creates conditions without LoRA regions and image prompts. */
  public AddedConditions(NDArray vector, NDArray guidance) {
    this(vector, guidance, Optional.empty());
  }

  /** Returns a copy with other image prompts. */
  public AddedConditions with(ImageKeys others) {
    return new AddedConditions(vector, guidance, regions, others);
  }

  /** Returns empty conditions for this batch size. */
  public static AddedConditions none(int rows, NDManager scope) {
    NDArray nothing = Torch.floats(scope, new float[0], rows, 0);
    return new AddedConditions(nothing, nothing);
  }
}
