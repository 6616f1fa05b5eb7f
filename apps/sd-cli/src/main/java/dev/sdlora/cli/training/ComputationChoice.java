package dev.sdlora.cli.training;

import dev.sdlora.api.Pipeline;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.setting.TrainingSettings;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for speed and memory. */
@Heading("Speed and memory")
final class ComputationChoice {
  private final TrainerOptions options = new TrainerOptions("device", "precision");

  @Option(
      names = "--checkpointing",
      negatable = true,
      description =
          "Compute inner values again for gradients instead of keeping them: a third slower, far"
              + " less memory.")
  private Optional<Boolean> checkpointing = Optional.empty();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    options.addTo(command, ComputationChoice.class);
  }

  void applyTo(LoraTrainerBuilder trainer) {
    options.applyTo(trainer);
    checkpointing.ifPresent(trainer::checkpointing);
  }

  void applyTo(Pipeline.Builder pipeline) {
    TrainingSettings.DEVICE.get(options.given()).ifPresent(pipeline::device);
  }
}
