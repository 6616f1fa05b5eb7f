package dev.sdlora.lora.plan;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.family.LayerTables;
import java.util.stream.Collectors;

/** Checks that a LoRA and its block weights are for the family of a checkpoint. */
final class FamilyChecks {
  private FamilyChecks() {}

  /**
   * Checks a LoRA.
   *
   * @param checkpoint the name of the checkpoint, for messages
   * @throws LoraException if the LoRA or its block weights are for another family
   */
  static void require(LoraUse use, String checkpoint, ModelFamily family) {
    requireFamily(use, checkpoint, family);
    requireBlocks(use, checkpoint, family);
  }

  private static void requireBlocks(LoraUse use, String checkpoint, ModelFamily family) {
    if (!use.strength().blocks().fits(family)) {
      BlockWeights blocks = use.strength().blocks();
      throw new LoraException(
          "LoRA '%s' has %s, which are for %s, but checkpoint '%s' is %s; expected %s"
              .formatted(
                  use.name(),
                  blocks
                      .preset()
                      .map(name -> "block weights '" + name + "'")
                      .orElseGet(() -> blocks.values().size() + " block weights"),
                  families(blocks),
                  checkpoint,
                  family.label(),
                  BlockWeights.sizes(family)),
          Reason.WRONG_FAMILY,
          ErrorDetails.in(use.file().file().path()).withName(use.name()));
    }
  }

  /** The labels of the families that block weights fit. */
  private static String families(BlockWeights blocks) {
    return ModelFamily.supported().stream()
        .filter(blocks::fits)
        .map(ModelFamily::label)
        .collect(Collectors.joining(", "))
        .replace("SD 1.x, SD 2.x", "SD 1.x and 2.x");
  }

  private static void requireFamily(LoraUse use, String checkpoint, ModelFamily family) {
    ModelFamily own = use.file().family();
    if (own != ModelFamily.UNKNOWN
        && own != family
        && LayerTables.of(family).stream().noneMatch(table -> table.fits(own))) {
      throw new LoraException(
          "LoRA '%s' (%s) is for %s, but checkpoint '%s' is %s; use a LoRA that was trained for %s"
              .formatted(
                  use.name(),
                  use.file().file().path(),
                  own.label(),
                  checkpoint,
                  family.label(),
                  family.label()),
          Reason.WRONG_FAMILY,
          ErrorDetails.in(use.file().file().path()).withName(use.name()).withFamilies(family, own));
    }
  }
}
