package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RefinerSwitch;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.pipeline.lora.LoraNames;
import dev.sdlora.pipeline.lora.LoraPlans;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tree.PromptReader;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.List;
import java.util.Optional;

/**
 * One denoising pass of a request: its prompts, LoRAs, noise levels and size. Resolving it touches
 * no weights. Immutable, compared by identity.
 */
public final class PassPlan {
  private final PromptSpec spec;
  private final PassSampling sampling;
  private final SizeConditioning.Size conditionedSize;
  private final int stepsBefore;
  private final ReadPrompt prompt;
  private final ReadPrompt negative;
  private final List<Optional<RegionMask>> masks;
  private final LoraPlans loras;

  private PassPlan(
      PromptSpec spec,
      PassSampling sampling,
      SizeConditioning.Size conditionedSize,
      int stepsBefore,
      ReadPrompt prompt,
      ReadPrompt negative,
      LoraPlans loras) {
    this.spec = spec;
    this.sampling = sampling;
    this.conditionedSize = conditionedSize;
    this.stepsBefore = stepsBefore;
    this.prompt = prompt;
    this.negative = negative;
    this.loras = loras;
    this.masks = Masks.ofParts(spec, prompt);
    Masks.refuse(negative);
    requireUnmergedTokens();
  }

  /** Merged tokens have no positions, which regions need. */
  private void requireUnmergedTokens() {
    double ratio = spec.speedOptions().tokenMergingRatio();
    if (ratio != 0 && !loras.masks().isEmpty()) {
      throw new IllegalArgumentException(
          ("tokenMergingRatio is %s, but a LoRA has a mask, which needs the positions of all"
                  + " tokens; expected a ratio of 0, or no mask")
              .formatted(ratio));
    }
  }

  /**
   * Resolves the first pass of a request.
   *
   * @param spec prompts and sampling
   * @throws dev.sdlora.api.error.PromptSyntaxException if a tag cannot be read in a strict request
   * @throws dev.sdlora.api.error.LoraException if a LoRA is unknown or does not fit
   */
  static PassPlan first(Model model, PromptSpec spec, PassSampling sampling) {
    PromptReader reader = reader(model, spec);
    ReadPrompt prompt = reader.prompt(spec.prompt());
    ReadPrompt negative = reader.negativePrompt(spec.negativePrompt());
    ImageSize size = sampling.size();
    return new PassPlan(
        spec,
        sampling,
        new SizeConditioning.Size(size.width(), size.height()),
        0,
        prompt,
        negative,
        LoraResolver.resolve(spec, prompt, negative, false, model));
  }

  /**
   * Resolves a second pass. Prompts that equal those of this pass are not read again; their LoRAs
   * stay applied unless they have a strength of their own in the hires pass.
   *
   * @param conditionedSize the size given to SDXL as a condition
   */
  PassPlan followedBy(
      Model model,
      PromptSpec second,
      PassSampling sampling,
      SizeConditioning.Size conditionedSize) {
    PromptReader reader = reader(model, second);
    ReadPrompt next =
        second.prompt().equals(spec.prompt()) ? prompt : reader.prompt(second.prompt());
    ReadPrompt nextNegative =
        second.negativePrompt().equals(spec.negativePrompt())
            ? negative
            : reader.negativePrompt(second.negativePrompt());
    boolean samePrompts = next == prompt && nextNegative == negative;
    return new PassPlan(
        second,
        sampling,
        conditionedSize,
        modelCalls(),
        next,
        nextNegative,
        samePrompts && !loras.changeInHires()
            ? loras
            : LoraResolver.resolve(second, next, nextNegative, true, model));
  }

  private static PromptReader reader(Model model, PromptSpec spec) {
    return new PromptReader(spec.promptOptions(), new LoraNames(model.library()));
  }

  public PromptSpec spec() {
    return spec;
  }

  public PassSampling sampling() {
    return sampling;
  }

  public SizeConditioning.Size conditionedSize() {
    return conditionedSize;
  }

  public ReadPrompt prompt() {
    return prompt;
  }

  public ReadPrompt negative() {
    return negative;
  }

  /** The masks of the sides of {@code AND}, in order. */
  public List<Optional<RegionMask>> masks() {
    return masks;
  }

  public LoraPlans loras() {
    return loras;
  }

  public ImageSize size() {
    return sampling.size();
  }

  /** The steps that the pass makes, as listeners count them. */
  public int steps() {
    return sampling.steps();
  }

  /** The steps that prompts change over; A1111 counts calls of the model. */
  public PromptSteps schedule() {
    return new PromptSteps(modelCalls(), stepsBefore, spec.promptOptions().oldEditingTimelines());
  }

  private int modelCalls() {
    return callsOf(spec.steps());
  }

  /** The number of model calls that A1111 plans for the part of the schedule that is sampled. */
  public int plannedCalls() {
    return callsOf(sampling.askedSteps());
  }

  private int callsOf(int steps) {
    return spec.sampler().secondOrder() ? 2 * steps : steps;
  }

  /** The refiner's switch in this pass. With hires fix only the second pass has it, as in A1111. */
  public Optional<RefinerSwitch> refinerSwitch() {
    return spec.refinerSwitch().filter(change -> spec.hiresFix().isEmpty());
  }
}
