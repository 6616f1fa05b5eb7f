package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/**
 * Starts from an image instead of noise. The denoising strength controls how much of it may change:
 * 0 returns it as the VAE reproduces it, 1 leaves hardly a trace.
 */
public final class RedrawImage {
  private RedrawImage() {}

  /** Writes {@code redraw-before.png} and {@code redraw-N.png} for three strengths. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      PromptSpec circle =
          PromptSpec.builder()
              .prompt("a red circle on a yellow background")
              .size(128, 128)
              .steps(20)
              .cfgScale(4)
              .seed(42)
              .build();
      pipeline.generate(circle).first().save(folder.resolve("redraw-before.png"));

      Image before = Image.read(folder.resolve("redraw-before.png"));
      for (int percent : new int[] {0, 60, 95}) {
        PromptSpec star =
            circle.toBuilder()
                .prompt("a blue star on a yellow background")
                .imageToImage(
                    ImageToImage.builder(before).denoisingStrength(percent / 100.0).build())
                .build();
        pipeline.generate(star).first().save(folder.resolve("redraw-" + percent + ".png"));
      }
    }
  }
}
