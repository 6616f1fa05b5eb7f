package dev.sdlora.families.flux1;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.T5Conditioner;
import dev.sdlora.families.conditioning.TextConditioner;
import dev.sdlora.families.family.FlowFamily;
import dev.sdlora.families.family.FlowSettings;
import dev.sdlora.families.family.FlowTraits;
import dev.sdlora.families.family.PromptReading;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;
import java.util.OptionalDouble;

/**
 * FLUX.1: dev and its kin, which read the guidance scale and reference images, Fill, which reads
 * masks in their place, Canny and Depth, which read one as a control image, and schnell.
 */
final class Flux1Flow implements FlowTraits {
  /** The most tokens that diffusers lets T5 read. */
  private static final int MOST_TOKENS = 512;

  private static final int SCHNELL_TOKENS = 256;
  private static final double USUAL_GUIDANCE = 3.5;

  private final TransformerModel model;
  private final boolean isGuided;
  private final boolean isFilling;
  private final boolean isControlled;

  Flux1Flow(TransformerModel model) {
    this.model = model;
    Flux1Config config = (Flux1Config) model.transformer().config();
    this.isGuided = config.isGuided();
    this.isFilling = config.isFilling();
    this.isControlled = config.isControlled();
  }

  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec) {
    return T5Conditioner.flux1(
        encoders.get(0),
        encoders.get(1),
        spec.promptOptions().t5Tokens().orElse(usualTokens()),
        mostTokens(spec),
        spec.promptOptions(),
        words,
        parts -> FlowSettings.readsNegative(spec, parts));
  }

  /** Returns the levels: schnell was trained without a shift. */
  @Override
  public NoiseLevels levels(ImageSize size) {
    return isGuided ? NoiseLevels.flux1(FlowFamily.tokens(size)) : NoiseLevels.flow(1);
  }

  @Override
  public FlowSettings settings(PromptSpec spec) {
    return new FlowSettings(
        model, isGuided && !isFilling, PromptReading.ofT5(mostTokens(spec), PromptLimits.DEFAULTS));
  }

  @Override
  public int textTokens(PromptSpec spec) {
    return mostTokens(spec);
  }

  /** Texts are padded to the length at which they are cut, as in diffusers. */
  private int usualTokens() {
    return isGuided ? MOST_TOKENS : SCHNELL_TOKENS;
  }

  private int mostTokens(PromptSpec spec) {
    return spec.promptOptions().t5Tokens().isPresent() ? MOST_TOKENS : usualTokens();
  }

  @Override
  public boolean padsT5() {
    return true;
  }

  @Override
  public OptionalDouble guidance(PromptSpec spec) {
    if (!isGuided) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        spec.distilledGuidance()
            .orElse(model.checkpoint().defaults().distilledGuidance().orElse(USUAL_GUIDANCE)));
  }

  @Override
  public List<String> warnings(PromptSpec spec) {
    String name = model.checkpoint().name();
    boolean isKontext = model.checkpoint().family().readsReferences(name);
    return spec.referenceImages().isEmpty() || isKontext || isControlled
        ? List.of()
        : List.of(
            "referenceImages are given, but the name of '%s' does not say that it is FLUX.1 Kontext; other models of FLUX.1 were not trained to read them"
                .formatted(name));
  }

  @Override
  public boolean fillsMasks() {
    return isFilling;
  }

  @Override
  public boolean readsControl() {
    return isControlled;
  }
}
