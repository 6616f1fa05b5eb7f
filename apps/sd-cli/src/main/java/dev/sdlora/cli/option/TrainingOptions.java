package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainedModules;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Training options for which the checkpoint has recommended values. */
@Heading("Training (defaults depend on the model size)")
public final class TrainingOptions {
  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps. Default: 100 per image, from 1000 to 2000; small models: 800.")
  private Optional<Integer> steps = Optional.empty();

  @Option(names = "--rank", paramLabel = "N", description = "Rank of the LoRA. Default: 16.")
  private Optional<Integer> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Alpha of the LoRA. Default: the rank.")
  private Optional<Double> alpha = Optional.empty();

  @Option(
      names = "--modules",
      paramLabel = "attention|linear|convolutions",
      description = "Layers to train. Default: linear; small models: convolutions.")
  private Optional<TrainedModules> modules = Optional.empty();

  @Option(
      names = "--text-encoder",
      description = "Also train the text encoder (both for SDXL), at half the learning rate.")
  private boolean textEncoder;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Learning rate. Default: 0.0001; small models: 0.002.")
  private Optional<Double> learningRate = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images per step. Default: 1; small models: 4.")
  private Optional<Integer> batch = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Training resolution. Default: the model's own.")
  private Optional<ImageSize> size = Optional.empty();

  @Option(
      names = "--noise-offset",
      paramLabel = "X",
      description = "Noise offset, for very dark or bright styles. Default: 0.")
  private Optional<Double> noiseOffset = Optional.empty();

  @Option(names = "--seed", paramLabel = "N", description = "Random seed. Default: 0.")
  private Optional<Long> seed = Optional.empty();

  /** Applies the given options; settings of other options stay unchanged. */
  public void applyTo(LoraTrainerBuilder trainer) {
    set("--steps", steps, trainer::steps);
    set("--rank", rank, trainer::rank);
    set("--alpha", alpha, trainer::alpha);
    modules.ifPresent(trainer::modules);
    trainer.textEncoder(textEncoder);
    set("--learning-rate", learningRate, trainer::learningRate);
    set("--batch", batch, trainer::batchSize);
    size.ifPresent(trainer::size);
    set("--noise-offset", noiseOffset, trainer::noiseOffset);
    seed.ifPresent(trainer::seed);
    // A short training needs a short warmup.
    steps.filter(few -> few <= 500).ifPresent(few -> trainer.warmup(few / 10));
  }
}
