package dev.sdlora.cli.training;

import dev.sdlora.cli.console.Heading;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.TrainingPrecision;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options for speed and memory. */
@Heading("Speed and memory")
final class ComputationChoice {
  @Option(
      names = "--precision",
      paramLabel = "float32|bfloat16|int8",
      description = "Dtype of the frozen model. Default: float32, or what suits the model.")
  private Optional<TrainingPrecision> precision = Optional.empty();

  @Option(
      names = "--checkpointing",
      negatable = true,
      description =
          "Compute inner values again for gradients instead of keeping them: a third slower, far"
              + " less memory.")
  private Optional<Boolean> checkpointing = Optional.empty();

  void applyTo(LoraTrainerBuilder trainer) {
    precision.ifPresent(trainer::precision);
    checkpointing.ifPresent(trainer::checkpointing);
  }
}
