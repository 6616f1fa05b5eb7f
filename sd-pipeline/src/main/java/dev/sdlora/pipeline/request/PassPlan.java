package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.pipeline.lora.LoraNameCheck;
import dev.sdlora.pipeline.lora.LoraPlans;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.prompt.grammar.Styles;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tree.PromptReader;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One denoising pass of a request: its prompts, LoRAs, noise levels and size. Resolving a pass
 * changes no weights. Immutable, compared by identity.
 */
public final class PassPlan {
  private final PromptSpec spec;
  private final PassSampling sampling;
  private final PixelSize conditionedSize;
  private final int stepsBefore;
  private final ReadPrompt prompt;
  private final ReadPrompt negative;
  private final List<Optional<RegionMask>> masks;
  private final LoraPlans loras;
  private final Optional<Image> control;

  private PassPlan(
      PromptSpec spec,
      PassSampling sampling,
      PixelSize conditionedSize,
      int stepsBefore,
      ReadPrompt prompt,
      ReadPrompt negative,
      LoraPlans loras,
      Optional<Image> control) {
    this.spec = spec;
    this.sampling = sampling;
    this.conditionedSize = conditionedSize;
    this.stepsBefore = stepsBefore;
    this.prompt = prompt;
    this.negative = negative;
    this.loras = loras;
    this.control = control;
    this.masks = Masks.ofParts(spec, prompt);
    Masks.refuse(negative);
    requireUnmergedTokens();
  }

  /** Throws if tokens are merged and a LoRA has a mask: merged tokens have no positions. */
  private void requireUnmergedTokens() {
    double ratio = spec.speedOptions().tokenMergingRatio();
    if (ratio != 0 && !loras.masks().isEmpty()) {
      throw new IllegalArgumentException(
          "tokenMergingRatio is %s, but a LoRA has a mask, which requires the positions of all tokens; expected a ratio of 0, or no mask"
              .formatted(ratio));
    }
  }

  /**
   * Resolves the first pass of a request.
   *
   * @param spec prompts and sampling settings
   * @throws dev.sdlora.api.error.PromptSyntaxException if a tag cannot be read and the request is
   *     strict
   * @throws dev.sdlora.api.error.LoraException if a LoRA is unknown or does not fit
   */
  static PassPlan first(Model model, PromptSpec spec, PassSampling sampling) {
    PromptReader reader = reader(model, spec);
    ReadPrompt prompt = reader.prompt(spec.prompt());
    ReadPrompt negative = reader.negativePrompt(spec.negativePrompt());
    ImageSize size = sampling.size();
    model.family().requireSupported(spec, size);
    LoraPlans loras = supported(LoraResolver.resolve(spec, prompt, negative, false, model), model);
    return new PassPlan(
        spec,
        sampling,
        new PixelSize(size.width(), size.height()),
        0,
        prompt,
        negative,
        loras,
        control(model, loras, spec));
  }

  /**
   * Throws if a LoRA has a mask and the denoiser is no U-Net, whose layers have the positions of
   * the image.
   */
  private static LoraPlans supported(LoraPlans loras, Model model) {
    if (!loras.masks().isEmpty() && model.family().unetConfig().isEmpty()) {
      throw new IllegalArgumentException(
          "a LoRA has a mask, but the checkpoint is %s: LoRAs of this family apply to the whole image; remove the mask"
              .formatted(model.family().name().label()));
    }
    return loras;
  }

  /**
   * Returns the control image of a pass: a control model always reads one, others do if a control
   * LoRA acts.
   *
   * @throws IllegalArgumentException if it reads one and the request does not have exactly one
   *     reference image
   */
  private static Optional<Image> control(Model model, LoraPlans loras, PromptSpec spec) {
    Optional<String> reader =
        model.family().readsControl()
            ? Optional.of("checkpoint '" + model.checkpoint().name() + "'")
            : loras.control().map(fit -> "LoRA '" + fit.use().name() + "'");
    List<Image> images = spec.referenceImages();
    if (reader.isPresent() && images.size() != 1) {
      throw new IllegalArgumentException(
          "%s draws after a control image, such as edges or depths, but the request has %s reference images; give one with referenceImage (--reference)"
              .formatted(reader.get(), images.isEmpty() ? "no" : images.size()));
    }
    return reader.map(name -> images.get(0));
  }

  /** Returns a request whose image is a control image, which is no reference to the family. */
  static PromptSpec withoutReferences(PromptSpec spec) {
    return spec.toBuilder().noReferenceImages().build();
  }

  /**
   * Resolves a second pass. Prompts equal to those of this pass are not parsed again, and their
   * LoRAs stay applied unless they have a separate strength for the hires pass.
   *
   * @param conditionedSize the size that conditions SDXL
   */
  PassPlan followedBy(
      Model model, PromptSpec second, PassSampling sampling, PixelSize conditionedSize) {
    model.family().requireSupported(second, sampling.size());
    PromptReader reader = reader(model, second);
    ReadPrompt next =
        second.prompt().equals(spec.prompt()) ? prompt : reader.prompt(second.prompt());
    ReadPrompt nextNegative =
        second.negativePrompt().equals(spec.negativePrompt())
            ? negative
            : reader.negativePrompt(second.negativePrompt());
    boolean samePrompts = next == prompt && nextNegative == negative;
    LoraPlans following =
        samePrompts && !loras.changeInHires()
            ? loras
            : supported(LoraResolver.resolve(second, next, nextNegative, true, model), model);
    return new PassPlan(
        second,
        sampling,
        conditionedSize,
        modelCalls(),
        next,
        nextNegative,
        following,
        control(model, following, second));
  }

  /**
   * Resolves a pass over a part of the finished image, which is an image of its own with the same
   * kind of request. Prompts equal to those of this pass are not parsed again, and their LoRAs stay
   * applied.
   *
   * @param detail the request with its styles merged
   */
  PassPlan detail(Model model, PromptSpec detail, PassSampling sampling) {
    model.family().requireSupported(detail, sampling.size());
    PromptSpec styled = Styles.merged(spec);
    PromptReader reader = reader(model, detail);
    ReadPrompt next =
        detail.prompt().equals(styled.prompt()) ? prompt : reader.prompt(detail.prompt());
    ReadPrompt nextNegative =
        detail.negativePrompt().equals(styled.negativePrompt())
            ? negative
            : reader.negativePrompt(detail.negativePrompt());
    LoraPlans own =
        next == prompt && nextNegative == negative
            ? loras
            : supported(LoraResolver.resolve(detail, next, nextNegative, false, model), model);
    ImageSize size = sampling.size();
    return new PassPlan(
        detail,
        sampling,
        new PixelSize(size.width(), size.height()),
        0,
        next,
        nextNegative,
        own.isNone() && loras.isNone() ? loras : own,
        control(model, own, detail));
  }

  private static PromptReader reader(Model model, PromptSpec spec) {
    return new PromptReader(spec.promptOptions(), new LoraNameCheck(model.loras().library()));
  }

  public PromptSpec spec() {
    return spec;
  }

  public PassSampling sampling() {
    return sampling;
  }

  public PixelSize conditionedSize() {
    return conditionedSize;
  }

  public ReadPrompt prompt() {
    return prompt;
  }

  public ReadPrompt negative() {
    return negative;
  }

  /** Returns the masks of the sides of {@code AND}, in order. */
  public List<Optional<RegionMask>> masks() {
    return masks;
  }

  public LoraPlans loras() {
    return loras;
  }

  /**
   * Returns the image of edges or depths that the denoiser draws after, the request's only
   * reference image; empty if it reads none.
   */
  public Optional<Image> control() {
    return control;
  }

  public ImageSize size() {
    return sampling.size();
  }

  /** Returns the number of steps in this pass, as reported to listeners. */
  public int steps() {
    return sampling.steps();
  }

  /** Returns the steps over which prompts are scheduled. As in A1111, these are model calls. */
  public PromptSteps schedule() {
    return new PromptSteps(modelCalls(), stepsBefore, spec.promptOptions().oldEditingTimelines());
  }

  private int modelCalls() {
    return callsOf(spec.steps());
  }

  /** Returns the number of model calls that A1111 plans for the sampled part of the schedule. */
  public int plannedCalls() {
    return callsOf(sampling.requestedSteps());
  }

  private int callsOf(int steps) {
    return spec.sampler().secondOrder() ? 2 * steps : steps;
  }

  /**
   * Returns the refiner switch of this pass. With hires fix only the second pass has one, as in
   * A1111.
   */
  public OptionalDouble refinerSwitch() {
    return spec.hiresFix().isEmpty() ? spec.refinerSwitch() : OptionalDouble.empty();
  }
}
