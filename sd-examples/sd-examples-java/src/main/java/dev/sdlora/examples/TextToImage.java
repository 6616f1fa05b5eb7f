package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/** Generates an image from a checkpoint file, with a LoRA named in the prompt. */
public final class TextToImage {
  private TextToImage() {}

  /** Writes {@code text-to-image.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(checkpoint).loraDirectory(DemoModel.loras()).build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a fox on a cyan background <lora:fluent_3d:0.8>")
              .negativePrompt("green background")
              .size(128, 128)
              .steps(20)
              .sampler(Sampler.DPMPP_2M)
              .schedule(Schedule.KARRAS)
              .cfgScale(4)
              .seed(42)
              .build();
      GeneratedImage image = pipeline.generate(spec).first();
      image.save(folder.resolve("text-to-image.png"));
    }
  }
}
