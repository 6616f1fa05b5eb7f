package dev.sdlora.pipeline.lora;

import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.lora.LoraPlans.Fit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is told about the LoRAs of a request once they have been applied. Stateless. */
public final class LoraReports {
  private LoraReports() {}

  /** A1111's short hash of each file, by the name that the request uses. */
  public static Map<String, String> hashes(LoraPlans loras, LoraFiles files) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Fit fit : loras.fits()) {
      hashes.put(fit.use().name(), files.hash(fit.use().file()));
    }
    return hashes;
  }

  /**
   * What became of each LoRA.
   *
   * @param applied how they were applied, as far as they can be overlaid
   */
  public static List<LoraReport> of(LoraPlans loras, LoraFiles files, LoraMode applied) {
    return loras.fits().stream().map(fit -> report(fit, files, applied)).toList();
  }

  private static LoraReport report(Fit fit, LoraFiles files, LoraMode applied) {
    boolean overlaid = !fit.peak().where(Overlays::canOverlay).equals(PatchPlan.NONE);
    return LoraReport.builder(
            fit.use().name(), fit.use().file().file().path(), files.hash(fit.use().file()))
        .strength(fit.use().strength())
        .mode(overlaid ? applied : LoraMode.PATCHED)
        .matched(fit.match().matched())
        .unmatched(fit.match().unmatched())
        .build();
  }
}
