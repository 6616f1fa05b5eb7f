package dev.sdlora.pipeline.family;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.lora.plan.TransformerNames;
import dev.sdlora.pipeline.checkpoint.TransformerModel;
import dev.sdlora.pipeline.conditioning.AppliedEncoder;
import dev.sdlora.pipeline.conditioning.TextConditioner;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;

/** FLUX.2 klein, which also reads reference images. */
final class Flux2Flow implements FlowTraits {
  private final QwenFlow prompts;

  Flux2Flow(TransformerModel model) {
    this.prompts = new QwenFlow(model, QwenPrompt::klein, true);
  }

  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec) {
    return prompts.conditioner(encoders.get(0), spec);
  }

  @Override
  public NoiseLevels levels(ImageSize size) {
    return NoiseLevels.flux2(FlowFamily.tokens(size));
  }

  @Override
  public TransformerNames names() {
    return TransformerNames.FLUX2;
  }

  @Override
  public FlowSettings settings() {
    return prompts.settings(true);
  }

  @Override
  public int textTokens() {
    return QwenPrompt.LENGTH;
  }

  @Override
  public boolean hasFixedShift() {
    return false;
  }
}
