///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS dev.sdlora:sd-bom:0.1.0-SNAPSHOT@pom
//DEPS dev.sdlora:sd-pipeline
//DEPS dev.sdlora:sd-demo-model
//DEPS ai.djl.pytorch:pytorch-native-cpu:2.7.1:linux-x86_64

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Draws an image with a LoRA. */
class Draw {
  public static void main(String[] arguments) throws Exception {
    Files.createDirectories(Path.of("target"));
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
