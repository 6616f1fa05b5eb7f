package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One loaded pipeline serves requests with different LoRAs in turn. Nothing is loaded or unloaded
 * explicitly, and requests without a LoRA use exactly the weights of the checkpoint, bit for bit.
 */
public final class SwapLora {
  private SwapLora() {}

  /** Writes {@code swap-plain.png} and {@code swap-NAME.png} for each LoRA. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      PromptSpec plain =
          PromptSpec.builder()
              .prompt("a small blue circle on a white background")
              .size(128, 128)
              .steps(8)
              .seed(3)
              .build();
      GeneratedImage before = pipeline.generate(plain).first();
      before.save(folder.resolve("swap-plain.png"));

      for (LoraAdapter lora : pipeline.loras().list()) {
        PromptSpec styled = plain.toBuilder().lora(lora.withStrength(0.9)).build();
        GeneratedImage image = pipeline.generate(styled).first();
        image.save(folder.resolve("swap-" + lora.name() + ".png"));
      }

      GeneratedImage after = pipeline.generate(plain).first();
      boolean same = Arrays.equals(before.rgb(), after.rgb());
      System.out.println("without a LoRA, before and after: " + (same ? "equal" : "different"));
    }
  }
}
