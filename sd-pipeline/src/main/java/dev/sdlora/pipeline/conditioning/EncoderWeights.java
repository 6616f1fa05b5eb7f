package dev.sdlora.pipeline.conditioning;

import dev.sdlora.lora.plan.PatchPlan.Change;
import java.util.List;
import java.util.Map;

/**
 * What the weights of the text encoder are to a request. Equal values mean equal weights, and the
 * same way of computing with them.
 *
 * @param changes what LoRAs change, by the names of the weights
 * @param overlaid whether LoRAs are overlaid on the weights rather than patched into them
 */
public record EncoderWeights(Map<String, List<Change>> changes, boolean overlaid) {
  /** The weights as they are in the checkpoint. */
  public static final EncoderWeights PLAIN = new EncoderWeights(Map.of(), false);
}
