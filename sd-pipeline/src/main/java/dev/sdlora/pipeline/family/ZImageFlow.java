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

/** Z-Image, Turbo or base. */
final class ZImageFlow implements FlowTraits {
  private final double shift;
  private final QwenFlow prompts;

  ZImageFlow(TransformerModel model) {
    this.shift = model.shift();
    this.prompts = new QwenFlow(model, QwenPrompt::zImage, false);
  }

  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec) {
    return prompts.conditioner(encoders.get(0), spec);
  }

  @Override
  public NoiseLevels levels(ImageSize size) {
    return NoiseLevels.flow(shift);
  }

  @Override
  public TransformerNames names() {
    return TransformerNames.Z_IMAGE;
  }

  @Override
  public FlowSettings settings() {
    return prompts.settings(false);
  }

  @Override
  public int textTokens() {
    return QwenPrompt.LENGTH;
  }

  @Override
  public boolean hasFixedShift() {
    return true;
  }
}
