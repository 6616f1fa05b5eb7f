package dev.sdlora.pipeline.generation;

import dev.sdlora.infotext.Reproduction;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.PlanWarnings;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import dev.sdlora.pipeline.request.SizeWarning;
import dev.sdlora.pipeline.request.UntaughtWords;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the warnings of a request about skipped items and about settings with no effect or a bad
 * one.
 */
final class ResultWarnings {
  private ResultWarnings() {}

  /**
   * Returns the warnings of a completed part.
   *
   * @param endedEarly whether the listener ended the request early
   */
  static List<String> of(
      RequestPlan plan, RequestPart part, RequestNetworks networks, boolean endedEarly) {
    Model model = plan.model();
    List<String> warnings = new ArrayList<>(plan.warnings());
    warnings.addAll(PlanWarnings.ofPrompts(model, part, networks.warnings()));
    UntaughtWords.warning(model, part.allPasses(), networks.broughtWords())
        .ifPresent(warnings::add);
    warnings.addAll(PlanWarnings.ofSettings(model, part));
    if (endedEarly) {
      warnings.add(
          "the request was ended early: the last image has fewer steps than its infotext says");
    }
    warnings.addAll(SizeWarning.of(part, model.checkpoint()));
    warnings.addAll(
        Reproduction.warnings(
            ResultSettings.of(plan, part, plan.seeds(), networks), model.checkpoint()));
    return warnings.stream().map(model.pathRedactor()::redact).distinct().toList();
  }
}
