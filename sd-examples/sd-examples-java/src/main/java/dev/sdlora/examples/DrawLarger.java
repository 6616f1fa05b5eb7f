package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/**
 * Hires fix: generates an image at the model's size, enlarges it, and refines it in a second pass,
 * here with a LoRA that only the second pass uses. Models tend to repeat objects if a large image
 * is requested directly. The bundled model, which knows only one size, does so even in the second
 * pass if its prompt names them; therefore that pass has its own prompt and a low denoising
 * strength.
 */
public final class DrawLarger {
  private DrawLarger() {}

  /** Writes {@code larger.png} and {@code larger-noto.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a frog on a purple background")
              .size(128, 128)
              .steps(20)
              .cfgScale(4)
              .seed(12)
              .build();
      HiresFix.Builder larger =
          HiresFix.builder().scale(1.5).upscaler(Upscaler.LANCZOS).denoisingStrength(0.1);
      HiresFix plain = larger.prompt("a purple background").build();
      pipeline
          .generate(spec.toBuilder().hiresFix(plain).build())
          .first()
          .save(folder.resolve("larger.png"));

      HiresFix noto = larger.prompt("a purple background <lora:noto:0.8>").build();
      pipeline
          .generate(spec.toBuilder().hiresFix(noto).build())
          .first()
          .save(folder.resolve("larger-noto.png"));
    }
  }
}
