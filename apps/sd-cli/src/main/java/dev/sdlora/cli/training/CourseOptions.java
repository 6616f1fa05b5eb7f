package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.training.LoraTrainerBuilder;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The most common training options; for most, the checkpoint has recommended values. */
@Heading("Training (defaults depend on the model size)")
final class CourseOptions {
  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Training steps. Default: 100 per image, from 1000 to 2000; small models: 800; sliders:"
              + " 500.")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Times that each image is used, instead of --steps.")
  private Optional<Integer> epochs = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images per step. Default: 1; small models: 4.")
  private Optional<Integer> batch = Optional.empty();

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Learning rate. Default: 0.0001; small models: 0.002.")
  private Optional<Double> learningRate = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Training resolution. Default: the model's own.")
  private Optional<ImageSize> size = Optional.empty();

  @Option(names = "--seed", paramLabel = "N", description = "Random seed. Default: 0.")
  private Optional<Long> seed = Optional.empty();

  void applyTo(LoraTrainerBuilder trainer) {
    set("--steps", steps, trainer::steps);
    set("--epochs", epochs, trainer::epochs);
    set("--batch", batch, trainer::batchSize);
    set("--learning-rate", learningRate, trainer::learningRate);
    size.ifPresent(trainer::size);
    seed.ifPresent(trainer::seed);
    // A short training needs a short warmup, which --warmup may change.
    steps.filter(few -> few <= 500).ifPresent(few -> trainer.warmup(few / 10));
    if (epochs.isPresent()) {
      trainer.warmup(0);
    }
  }
}
