package dev.sdlora.examples.demo;

import java.nio.file.Path;

/** Trains the demo model from nothing. */
public final class TrainDemoModel {
  private TrainDemoModel() {}

  /** Arguments: a folder for states, the stage, the number of steps. */
  public static void main(String[] args) throws java.io.IOException {
    Path folder = Path.of(args[0]);
    int steps = Integer.parseInt(args[2]);
    switch (args[1]) {
      case "vae" -> VaeStage.run(folder.resolve("vae.safetensors"), steps, 1);
      case "vae-preview" ->
          VaeStage.preview(folder.resolve("vae.safetensors"), folder.resolve("vae.png"));
      case "model" -> new ModelStage(folder, 1).run(steps);
      case "write" -> new ModelStage(folder, 1).write(folder.resolve("demo-sd1.safetensors"));
      case "lora" ->
          LoraStage.run(
              DemoLora.valueOf(args[3]), folder.resolve("demo-sd1.safetensors"), folder, steps, 1);
      default -> throw new IllegalArgumentException(args[1]);
    }
  }
}
