package dev.sdlora.demo.emoji;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains the bundled model from nothing, in stages that go on where an earlier run was broken off.
 *
 * <p>Arguments: a folder for states and results, a folder for fetched packages, then the stages to
 * run, all unless given.
 */
public final class TrainEmojiModel {
  private static final long SEED = 1;
  private static final List<String> STAGES = List.of("vae", "text", "model", "checkpoint");

  private TrainEmojiModel() {}

  /** Runs stages. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: TrainEmojiModel FOLDER CACHE " + STAGES);
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    Path cache = Path.of(args[1]);
    List<String> stages = args.length > 2 ? List.of(args).subList(2, args.length) : STAGES;
    for (String stage : stages) {
      switch (stage) {
        case "vae" -> new AutoencoderStage(folder, cache, SEED).run();
        case "text" -> new TextEncoderStage(folder, Data.read(cache), SEED).run();
        case "model" -> new DenoiserStage(folder, Data.read(cache), SEED).run();
        case "checkpoint" ->
            new DenoiserStage(folder, Data.read(cache), SEED)
                .write(folder.resolve("demo-sd1.safetensors"));
        default ->
            throw new IllegalArgumentException(
                "no stage is named '%s'; there are %s".formatted(stage, STAGES));
      }
    }
  }
}
