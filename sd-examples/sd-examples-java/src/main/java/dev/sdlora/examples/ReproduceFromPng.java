package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reproduces an image from its PNG alone, which contains the settings in A1111's text format, and
 * then makes a variant of it.
 */
public final class ReproduceFromPng {
  private ReproduceFromPng() {}

  /** Writes {@code original.png}, {@code reproduced.png} and {@code variant.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    Path original = folder.resolve("original.png");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a (large:1.2) pink heart, black background <lora:detail_slider:0.7>")
              .negativePrompt("white background")
              .sampler(Sampler.EULER_A)
              .size(128, 128)
              .steps(8)
              .build();
      GeneratedImage first = pipeline.generate(spec).first();
      first.save(original);
      System.out.println(first.infotext());

      PromptSpec settings = PromptSpec.fromPng(original);
      GeneratedImage again = pipeline.generate(settings).first();
      again.save(folder.resolve("reproduced.png"));
      boolean same = Arrays.equals(first.rgb(), again.rgb());
      System.out.println("original and reproduced: " + (same ? "equal" : "different"));

      PromptSpec variant = settings.toBuilder().cfgScale(3).build();
      pipeline.generate(variant).first().save(folder.resolve("variant.png"));
    }
  }
}
