package dev.sdlora.training.report;

import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A weight at which to use a LoRA first.
 *
 * @param weight the weight, at most 1, the weight of the training
 * @param reason how it was found, in a sentence
 */
public record FirstWeight(double weight, String reason) {
  /**
   * The relative change of a block of the U-Net up to which images did not suffer when LoRAs of the
   * bundled model were combined.
   */
  private static final double HARMLESS_SHARE = 0.2;

  private static final double STEP = 0.05;

  /** Chooses the largest weight of at most 1 that moves no block of the U-Net too far. */
  public static FirstWeight of(List<BlockChange> blocks) {
    Optional<BlockChange> most =
        blocks.stream()
            .filter(block -> block.part() == ModelPart.UNET)
            .max(Comparator.comparing(BlockChange::relative));
    double share = most.map(BlockChange::relative).orElse(0.0);
    if (share <= HARMLESS_SHARE) {
      return new FirstWeight(
          1,
          "The weight of the training. It moves no block further than %s of its weights, and images rarely suffer below 20 %%."
              .formatted(percent(share)));
    }
    double weight = Math.max(STEP, STEP * Math.floor(HARMLESS_SHARE / share / STEP + 1e-9));
    return new FirstWeight(
        Math.round(weight * 100) / 100.0,
        "At weight 1 it moves block %s by %s of its weights, and images often suffer above 20 %%; this is the largest weight that stays below. Try larger ones if the effect is too weak."
            .formatted(most.map(BlockChange::name).orElse(""), percent(share)));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
