package dev.sdlora.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains the demo model and its LoRAs from nothing, in stages that go on where an earlier run was
 * broken off.
 *
 * <p>Arguments: a folder for states and results, then the stages to run, all unless given: {@code
 * vae}, {@code text}, {@code model}, {@code checkpoint} (writes the file, also before the model
 * stage is over), {@code loras}.
 */
public final class TrainDemoModel {
  private static final long SEED = 1;
  private static final List<String> STAGES = List.of("vae", "text", "model", "checkpoint", "loras");

  private TrainDemoModel() {}

  /** Runs stages. */
  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      System.err.println("usage: TrainDemoModel FOLDER [vae] [text] [model] [checkpoint] [loras]");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    List<String> stages = args.length > 1 ? List.of(args).subList(1, args.length) : STAGES;
    for (String stage : stages) {
      run(stage, folder);
    }
  }

  private static void run(String stage, Path folder) throws IOException {
    Path checkpoint = folder.resolve("demo-sd1.safetensors");
    switch (stage) {
      case "vae" -> VaeStage.run(folder, SEED);
      case "text" -> TextStage.run(folder, new DemoVocabulary(), SEED);
      case "model" -> new ModelStage(folder, new DemoVocabulary(), SEED).run();
      case "checkpoint" -> new ModelStage(folder, new DemoVocabulary(), SEED).write(checkpoint);
      case "loras" -> {
        Path loras = Files.createDirectories(folder.resolve("loras"));
        for (DemoLora lora : DemoLora.values()) {
          LoraStage.run(lora, checkpoint, loras, SEED);
        }
      }
      default ->
          throw new IllegalArgumentException(
              "no stage is named '%s'; there are %s".formatted(stage, STAGES));
    }
  }
}
