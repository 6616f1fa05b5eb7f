package dev.sdlora.demo.emoji.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Trains the bundled model from scratch, in stages that resume interrupted runs.
 *
 * <p>Arguments: a folder for states and results, a folder for downloaded packages, then the stages
 * to run (default all). Names of LoRAs may follow {@code loras}; without them, all are trained.
 */
public final class TrainEmojiModel {
  private static final long SEED = 1;
  private static final String CHECKPOINT = "demo-sd1.safetensors";
  private static final String LORAS = "loras";
  private static final List<String> STAGES =
      List.of("vae", "text", "model", "decoder", "checkpoint", LORAS);

  private TrainEmojiModel() {}

  /** Runs the stages. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: TrainEmojiModel FOLDER CACHE " + STAGES + " [LORA...]");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    Training training = new Training(folder, Path.of(args[1]), SEED);
    List<String> stages = args.length > 2 ? List.of(args).subList(2, args.length) : STAGES;
    checkNames(stages);
    Data data = Data.read(training.cache());
    for (int i = 0; i < stages.size(); i++) {
      if (stages.get(i).equals(LORAS)) {
        List<EmojiLora> named = loras(stages.subList(i + 1, stages.size()));
        train(named.isEmpty() ? List.of(EmojiLora.values()) : named, training);
        i += named.size();
      } else {
        run(stages.get(i), training, data);
      }
    }
  }

  /** Returns the LoRAs named by the first words. */
  private static List<EmojiLora> loras(List<String> words) {
    return words.stream()
        .map(EmojiLora::named)
        .takeWhile(Optional::isPresent)
        .flatMap(Optional::stream)
        .toList();
  }

  private static void train(List<EmojiLora> loras, Training training) throws IOException {
    Path folder = Files.createDirectories(training.folder().resolve(LORAS));
    boolean onImages = loras.stream().anyMatch(lora -> lora.prompts().isEmpty());
    Optional<LoraImages> images =
        onImages ? Optional.of(LoraImages.read(training.cache())) : Optional.empty();
    EmojiLoraStage stage =
        new EmojiLoraStage(
            training.folder().resolve(CHECKPOINT), images::orElseThrow, training.seed());
    loras.forEach(lora -> stage.run(lora, folder));
  }

  /** Checks the arguments before anything is downloaded or trained. */
  private static void checkNames(List<String> words) {
    for (String word : words) {
      if (!STAGES.contains(word) && EmojiLora.named(word).isEmpty()) {
        throw new IllegalArgumentException(
            "unknown stage '%s'; the stages are %s".formatted(word, STAGES));
      }
    }
  }

  private static void run(String stage, Training training, Data data) throws IOException {
    switch (stage) {
      case "vae" -> new AutoencoderStage(training, data).run();
      case "text" -> new TextEncoderStage(training, data).run();
      case "model" -> {
        try (DenoiserStage denoiser = new DenoiserStage(training, data)) {
          denoiser.run();
        }
      }
      case "decoder" -> {
        try (DecoderStage decoder = new DecoderStage(training, data)) {
          decoder.run();
        }
      }
      case "checkpoint" -> {
        try (DenoiserStage denoiser = new DenoiserStage(training, data)) {
          denoiser.write(training.folder().resolve(CHECKPOINT));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "unknown stage '%s'; the stages are %s".formatted(stage, STAGES));
    }
  }
}
