package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.pipeline.lora.BaseModelWarnings;
import dev.sdlora.pipeline.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The warnings of a request that are known before it is drawn. */
public final class PlanWarnings {
  /** The range of A1111's slider. */
  private static final double LEAST_GUIDANCE = 1;

  private static final double MOST_GUIDANCE = 30;

  private PlanWarnings() {}

  /** Returns the warnings about prompts, LoRAs and settings. */
  public static List<String> of(RequestPlan plan) {
    Model model = plan.model();
    List<String> warnings = new ArrayList<>(plan.warnings());
    for (RequestPart part : plan.parts()) {
      List<String> skipped =
          part.allPasses().stream().flatMap(pass -> pass.loras().warnings().stream()).toList();
      warnings.addAll(ofPrompts(model, part, skipped));
      List<PassPlan> passes = part.allPasses();
      UntaughtWords.warning(model, passes, UntaughtWords.brought(model, passes))
          .ifPresent(warnings::add);
      warnings.addAll(ofSettings(model, part));
      warnings.addAll(SizeWarning.of(part, model.checkpoint()));
    }
    return warnings.stream().map(model.pathRedactor()::redact).distinct().toList();
  }

  /**
   * Returns the warnings about the prompts of a part.
   *
   * @param skipped the warnings about skipped items, which are included
   */
  public static List<String> ofPrompts(Model model, RequestPart part, List<String> skipped) {
    List<String> warnings = new ArrayList<>(PromptWarnings.of(part.passes(), skipped));
    warnings.addAll(PromptWarnings.ofDetails(part, skipped));
    warnings.addAll(part.warnings());
    warnings.addAll(skipped);
    warnings.addAll(PromptWarnings.ofEmbeddingsAmongLoras(model, part.allPasses()));
    for (PassPlan pass : part.allPasses()) {
      warnings.addAll(BaseModelWarnings.of(pass.loras(), model.family().isDistilled()));
      warnings.addAll(
          model
              .family()
              .warnings(
                  pass.control().isPresent()
                      ? PassPlan.withoutReferences(pass.spec())
                      : pass.spec(),
                  pass.schedule(),
                  pass.prompt().text(),
                  pass.negative().text()));
    }
    lostStart(part).ifPresent(warnings::add);
    keptStart(part.passes().get(0)).ifPresent(warnings::add);
    return warnings;
  }

  /** Without steps, only the VAE changes the start image, unless masked parts are filled. */
  private static Optional<String> keptStart(PassPlan first) {
    return first
        .spec()
        .imageToImage()
        .filter(start -> start.denoisingStrength() == 0 && first.steps() == 0)
        .filter(
            start ->
                start
                    .inpainting()
                    .map(part -> part.maskedContent() == MaskedContent.ORIGINAL)
                    .orElse(true))
        .map(
            start ->
                "denoisingStrength is 0, so the start image only passes through the VAE, which"
                    + " changes details a little");
  }

  private static Optional<String> lostStart(RequestPart part) {
    PassPlan first = part.passes().get(0);
    PassPlan last = part.passes().get(part.passes().size() - 1);
    Optional<ImageToImage> source = first.spec().imageToImage();
    if (first.sampling().losesStart() && source.flatMap(ImageToImage::inpainting).isEmpty()) {
      return source.map(
          start ->
              "the start image has no effect, because %s steps at denoisingStrength %s begin with pure noise; set fixSteps, or use more steps or a smaller denoisingStrength"
                  .formatted(first.spec().steps(), start.denoisingStrength()));
    }
    return part.spec()
        .hiresFix()
        .filter(fix -> last != first && last.sampling().losesStart())
        .map(
            fix ->
                "the first pass of hires fix has no effect, because %s steps at denoisingStrength %s begin with pure noise; use more steps or a smaller denoisingStrength"
                    .formatted(last.spec().steps(), fix.denoisingStrength()));
  }

  /** Returns the warnings about settings without effect, too few steps and unusual guidance. */
  public static List<String> ofSettings(Model model, RequestPart part) {
    PromptSpec spec = part.spec();
    List<String> warnings = new ArrayList<>();
    SpeedOptions speed = spec.speedOptions();
    int downsample = speed.tokenMergingMaxDownsample();
    boolean merges =
        speed.tokenMergingRatio() != 0
            || spec.hiresFix().map(fix -> fix.tokenMergingRatio().isPresent()).orElse(false);
    boolean attends =
        model.family().unetConfig().map(unet -> unet.attendsAt(downsample)).orElse(true);
    if (merges && !attends) {
      warnings.add(
          "tokenMergingRatio has no effect, because this model has no attention at tokenMergingMaxDownsample %s; use a larger value"
              .formatted(downsample));
    }
    Sampler sampler = spec.sampler();
    if (spec.steps() < sampler.leastSteps()) {
      warnings.add(
          "%s gives grainy images with %s steps; use %s or more, or another sampler"
              .formatted(sampler.label(), spec.steps(), sampler.leastSteps()));
    }
    for (PassPlan pass : part.allPasses()) {
      unusualGuidance(model, pass.spec().cfgScale()).ifPresent(warnings::add);
    }
    return warnings;
  }

  /** Distilled models have warnings of their own about guidance. */
  private static Optional<String> unusualGuidance(Model model, double scale) {
    boolean isDistilled =
        model.family().isGuidanceDistilled() || model.family().isDistilled().orElse(false);
    if (isDistilled || (scale >= LEAST_GUIDANCE && scale <= MOST_GUIDANCE)) {
      return Optional.empty();
    }
    return Optional.of(
        scale < LEAST_GUIDANCE
            ? "a CFG scale of %s, below 1, gives the prompt less effect than no guidance, and none at 0; use 1 for no guidance"
                .formatted(Decimals.text(scale))
            : "a CFG scale of %s is above the usual 1 to 30, which spoils colours and shapes; this model's default is %s"
                .formatted(
                    Decimals.text(scale), Decimals.text(model.checkpoint().defaults().cfgScale())));
  }
}
