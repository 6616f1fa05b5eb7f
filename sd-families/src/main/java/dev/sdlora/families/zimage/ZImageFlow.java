package dev.sdlora.families.zimage;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.QwenFlow;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.sampler.schedule.NoiseLevels;

/** Z-Image, Turbo or base. */
final class ZImageFlow extends QwenFlow {
  private final double shift;

  ZImageFlow(TransformerModel model) {
    super(model, QwenPrompt::zImage, false, false);
    this.shift = model.shift();
  }

  @Override
  public NoiseLevels levels(ImageSize size) {
    return NoiseLevels.flow(shift);
  }

  @Override
  public boolean hasFixedShift() {
    return true;
  }
}
