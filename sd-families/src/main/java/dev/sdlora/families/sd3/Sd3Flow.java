package dev.sdlora.families.sd3;

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
import java.util.Optional;
import java.util.OptionalInt;

/** Stable Diffusion 3 and 3.5. */
final class Sd3Flow implements FlowTraits {
  /** The tokens of a chunk of CLIP. */
  private static final int CLIP_TOKENS = 77;

  /** T5 reads at least as many tokens as CLIP, as in ComfyUI. */
  private static final int LEAST_TOKENS = 77;

  /** The most tokens that diffusers lets T5 read. */
  private static final int MOST_TOKENS = 512;

  private final TransformerModel model;

  Sd3Flow(TransformerModel model) {
    this.model = model;
  }

  /** Returns the conditioner; without T5, the transformer reads CLIP's states alone. */
  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec) {
    int width = ((Sd3Config) model.transformer().config()).contextWidth();
    Optional<AppliedEncoder> t5 = encoders.stream().skip(2).findFirst();
    return T5Conditioner.sd3(
        encoders.subList(0, 2),
        new T5Conditioner.LongText(t5, leastTokens(spec), MOST_TOKENS, width, false),
        spec.promptOptions(),
        words,
        parts -> FlowSettings.readsNegative(spec, parts));
  }

  @Override
  public NoiseLevels levels(ImageSize size) {
    return NoiseLevels.sd3(model.shift());
  }

  @Override
  public FlowSettings settings(PromptSpec spec) {
    return new FlowSettings(model, false, PromptReading.ofT5(MOST_TOKENS, PromptLimits.DEFAULTS));
  }

  @Override
  public int textTokens(PromptSpec spec) {
    return CLIP_TOKENS + leastTokens(spec);
  }

  private static int leastTokens(PromptSpec spec) {
    return spec.promptOptions().t5Tokens().orElse(LEAST_TOKENS);
  }

  @Override
  public boolean padsT5() {
    return true;
  }

  @Override
  public OptionalInt longestSide() {
    return OptionalInt.of(
        FlowFamily.TOKEN * ((Sd3Config) model.transformer().config()).positions());
  }

  @Override
  public OptionalInt skippableLayers() {
    return OptionalInt.of(((Sd3Config) model.transformer().config()).layers());
  }

  @Override
  public boolean hasFixedShift() {
    return true;
  }
}
