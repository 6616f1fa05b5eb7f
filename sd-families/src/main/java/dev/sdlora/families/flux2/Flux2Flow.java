package dev.sdlora.families.flux2;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.FlowFamily;
import dev.sdlora.families.family.QwenFlow;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.sampler.schedule.NoiseLevels;

/** FLUX.2 klein, which also reads reference images. */
final class Flux2Flow extends QwenFlow {
  Flux2Flow(TransformerModel model) {
    super(model, QwenPrompt::klein, true, true);
  }

  @Override
  public NoiseLevels levels(ImageSize size) {
    return NoiseLevels.flux2(FlowFamily.tokens(size));
  }
}
