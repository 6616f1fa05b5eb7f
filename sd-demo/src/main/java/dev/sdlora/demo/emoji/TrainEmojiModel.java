package dev.sdlora.demo.emoji;

import dev.sdlora.demo.scratch.ScratchTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains the bundled model from nothing, in stages that go on where an earlier run was broken off.
 *
 * <p>Arguments: a folder for states and results, one for weights that are kept for another machine,
 * one for fetched packages, then the stages to run, all unless given.
 */
public final class TrainEmojiModel {
  private static final long SEED = 1;
  private static final List<String> STAGES = List.of("vae", "text", "model", "checkpoint", "keep");

  private TrainEmojiModel() {}

  /** Runs stages. */
  public static void main(String[] args) throws IOException {
    if (args.length < 3) {
      System.err.println("usage: TrainEmojiModel FOLDER KEPT CACHE " + STAGES);
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    Training training = new Training(folder, Path.of(args[1]), Path.of(args[2]), SEED);
    List<String> stages = args.length > 3 ? List.of(args).subList(3, args.length) : STAGES;
    for (String stage : stages) {
      run(stage, training);
    }
  }

  private static void run(String stage, Training training) throws IOException {
    Data data = Data.read(training.cache());
    switch (stage) {
      case "vae" -> new AutoencoderStage(training).run();
      case "text" -> new TextEncoderStage(training, data).run();
      case "model" -> new DenoiserStage(training, data).run();
      case "checkpoint" ->
          new DenoiserStage(training, data)
              .write(training.folder().resolve("demo-sd1.safetensors"));
      case "keep" -> {
        keep(training, AutoencoderStage.NETWORK, AutoencoderStage.trainer(training));
        keep(training, TextEncoderStage.NETWORK, new TextEncoderStage(training, data).trainer());
        keep(training, DenoiserStage.NETWORK, new DenoiserStage(training, data).trainer());
      }
      default ->
          throw new IllegalArgumentException(
              "no stage is named '%s'; there are %s".formatted(stage, STAGES));
    }
  }

  private static void keep(Training training, String network, ScratchTrainer trainer)
      throws IOException {
    try (trainer) {
      training.state(network).keep(trainer);
    }
  }
}
