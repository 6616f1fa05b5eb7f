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

/** Creates the reports about a request's applied LoRAs. Stateless. */
public final class LoraReports {
  private LoraReports() {}

  /** Returns A1111's short hash of each file, by the name in the request. */
  public static Map<String, String> hashes(LoraPlans loras, LoraFiles files) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Fit fit : loras.fits()) {
      hashes.put(fit.use().name(), files.hash(fit.use().file()));
    }
    return hashes;
  }

  /**
   * Returns a report for each LoRA.
   *
   * @param applied the mode of those parts that can be overlaid
   */
  public static List<LoraReport> of(LoraPlans loras, LoraFiles files, LoraMode applied) {
    return loras.fits().stream().map(fit -> report(fit, files, applied)).toList();
  }

  private static LoraReport report(Fit fit, LoraFiles files, LoraMode applied) {
    boolean overlaid = !fit.peak().where(Overlays::canOverlay).equals(PatchPlan.NONE);
    return new LoraReport(
        fit.use().name(),
        fit.use().file().file().path(),
        files.hash(fit.use().file()),
        fit.use().strength(),
        overlaid ? applied : LoraMode.PATCHED,
        fit.match().matched(),
        fit.match().unmatched(),
        fit.match().repeated());
  }
}
