package dev.sdlora.cli;

import static dev.sdlora.cli.OptionValue.set;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainedModules;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of a training that the checkpoint has recommendations for. */
@Heading("How to train; the defaults depend on the size of the model")
final class TrainingOptions {
  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps. Default: 100 for each picture, 1000 to 2000; small models: 800.")
  private Optional<Integer> steps = Optional.empty();

  @Option(names = "--rank", paramLabel = "N", description = "Columns of each factor. Default: 16.")
  private Optional<Integer> rank = Optional.empty();

  @Option(names = "--alpha", paramLabel = "X", description = "Factor. Default: the rank.")
  private Optional<Double> alpha = Optional.empty();

  @Option(
      names = "--modules",
      paramLabel = "attention|linear|convolutions",
      description = "Which layers. Default: linear; small models: convolutions.")
  private Optional<TrainedModules> modules = Optional.empty();

  @Option(
      names = "--text-encoder",
      description = "Train the text encoder as well, of SDXL both, at half the rate.")
  private boolean textEncoder;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Learning rate. Default: 0.0001; small models: 0.002.")
  private Optional<Double> learningRate = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Pictures in a step. Default: 1; small models: 4.")
  private Optional<Integer> batch = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "To which pictures are scaled and cut. Default: the model's own.")
  private Optional<ImageSize> size = Optional.empty();

  @Option(
      names = "--noise-offset",
      paramLabel = "X",
      description = "Noise alike all over, for very dark or bright styles. Default: 0.")
  private Optional<Double> noiseOffset = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What all random numbers follow from. Default: 0.")
  private Optional<Long> seed = Optional.empty();

  /** Leaves what is not given as it is. */
  void applyTo(LoraTrainerBuilder trainer) {
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
    // A short training rises quickly.
    steps.filter(few -> few <= 500).ifPresent(few -> trainer.warmup(few / 10));
  }
}
