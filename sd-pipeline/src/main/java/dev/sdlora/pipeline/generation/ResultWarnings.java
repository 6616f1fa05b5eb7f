package dev.sdlora.pipeline.generation;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.image.Reproduction;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.PromptWarnings;
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
    List<String> skipped = networks.warnings();
    List<String> warnings = new ArrayList<>();
    warnings.addAll(PromptWarnings.of(part.passes(), skipped));
    warnings.addAll(skipped);
    warnings.addAll(PromptWarnings.ofEmbeddingsAmongLoras(model, part.passes()));
    UntaughtWords.warning(model, part.passes(), networks.broughtWords()).ifPresent(warnings::add);
    warnings.addAll(tokenMerging(model, part.spec()));
    warnings.addAll(fewSteps(part.spec()));
    if (endedEarly) {
      warnings.add(
          "the request was ended early: the last image has fewer steps than its infotext says");
    }
    SizeWarning.of(part.spec(), plan.size(), model.checkpoint().defaultSize())
        .ifPresent(warnings::add);
    warnings.addAll(
        Reproduction.warnings(
            ResultSettings.of(plan, part, plan.seeds(), networks), model.checkpoint()));
    return warnings.stream().map(model.pathRedactor()::redact).distinct().toList();
  }

  private static List<String> tokenMerging(Model model, PromptSpec spec) {
    SpeedOptions speed = spec.speedOptions();
    boolean wanted =
        speed.tokenMergingRatio() != 0
            || spec.hiresFix().map(fix -> fix.tokenMergingRatio().isPresent()).orElse(false);
    int downsample = speed.tokenMergingMaxDownsample();
    return wanted && !model.networks().unet().config().attendsAt(downsample)
        ? List.of(
            "tokenMergingRatio has no effect, because this model has no attention at tokenMergingMaxDownsample %s; use a larger value"
                .formatted(downsample))
        : List.of();
  }

  private static List<String> fewSteps(PromptSpec spec) {
    Sampler sampler = spec.sampler();
    return spec.steps() < sampler.leastSteps()
        ? List.of(
            "%s gives grainy images with %s steps; use %s or more, or another sampler"
                .formatted(sampler.label(), spec.steps(), sampler.leastSteps()))
        : List.of();
  }
}
