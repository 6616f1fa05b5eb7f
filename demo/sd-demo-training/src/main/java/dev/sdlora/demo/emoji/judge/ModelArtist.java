package dev.sdlora.demo.emoji.judge;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.awt.image.BufferedImage;

/** Draws prompts with a model, by default with 20 steps of DPM++ 2M Karras. */
final class ModelArtist implements Artist {
  private static final int STEPS = 20;

  private final Pipeline pipeline;

  ModelArtist(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Returns the settings that all images share. */
  static PromptSpec.Builder spec(String prompt, long seed) {
    return PromptSpec.builder()
        .prompt(prompt)
        .seed(seed)
        .sampler(Sampler.DPMPP_2M)
        .schedule(Schedule.KARRAS)
        .steps(STEPS)
        .cfgScale(4);
  }

  @Override
  public BufferedImage draw(Question question) {
    return draw(spec(question.prompt(), question.seed()).build());
  }

  BufferedImage draw(PromptSpec spec) {
    return pipeline.generate(spec).first().toBufferedImage();
  }
}
