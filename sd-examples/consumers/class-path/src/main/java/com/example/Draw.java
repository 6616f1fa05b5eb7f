package com.example;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/** Draws an image with a LoRA. */
public final class Draw {
  private Draw() {}

  /** Writes target/picture.png. */
  public static void main(String[] arguments) {
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a red star on a blue background <lora:ink_lines:0.8>")
              .size(128, 128)
              .steps(4)
              .seed(42)
              .build();
      pipeline.generate(spec).first().save(Path.of("target/picture.png"));
    }
  }
}
