///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS dev.sdlora:sd-pipeline:0.1.0-SNAPSHOT
//DEPS dev.sdlora:sd-demo-model:0.1.0-SNAPSHOT
//DEPS ai.djl.pytorch:pytorch-native-cpu:2.7.1:linux-x86_64
//DEPS org.slf4j:slf4j-simple:2.0.20
//RUNTIME_OPTIONS -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
//DESCRIPTION Draws a prompt with the bundled model

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/** {@code jbang Draw.java "a green heart <lora:night:1>" heart.png}. */
class Draw {
  public static void main(String[] args) {
    String prompt =
        args.length > 0 ? args[0] : "a red star on a yellow background <lora:ink_lines:0.8>";
    Path file = Path.of(args.length > 1 ? args[1] : "drawn.png");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(DemoModel.checkpoint())
            .loraDirectory(DemoModel.loras())
            .build()) {
      GeneratedImage image = pipeline.generate(prompt).first();
      image.save(file);
      System.out.println(file.toAbsolutePath());
    }
  }
}
