package dev.sdlora.families.chroma;

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

/** Chroma. */
final class ChromaFlow implements FlowTraits {
  private static final int TOKENS = 512;

  private final TransformerModel model;

  ChromaFlow(TransformerModel model) {
    this.model = model;
  }

  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec) {
    return T5Conditioner.chroma(
        encoders.get(0),
        TOKENS,
        spec.promptOptions(),
        parts -> FlowSettings.readsNegative(spec, parts));
  }

  @Override
  public NoiseLevels levels(ImageSize size) {
    return NoiseLevels.flux1(FlowFamily.tokens(size));
  }

  @Override
  public FlowSettings settings(PromptSpec spec) {
    return new FlowSettings(model, false, PromptReading.ofT5(TOKENS, PromptLimits.DEFAULTS));
  }

  @Override
  public int textTokens(PromptSpec spec) {
    return TOKENS;
  }
}
