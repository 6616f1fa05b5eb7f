package dev.sdlora.families.conditioning;

import dev.sdlora.lora.plan.PatchPlan.Change;
import java.util.List;
import java.util.Map;

/**
 * The text encoder's weights in a request. Equal values mean equal weights and the same way of
 * computing with them.
 *
 * @param changes the changes by LoRAs, by weight name
 * @param overlaid whether LoRAs are overlaid on the weights instead of patched into them
 */
public record EncoderWeights(Map<String, List<Change>> changes, boolean overlaid) {
  /** The checkpoint's own weights. */
  public static final EncoderWeights PLAIN = new EncoderWeights(Map.of(), false);
}
