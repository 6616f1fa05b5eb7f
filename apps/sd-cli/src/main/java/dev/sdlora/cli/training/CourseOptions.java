package dev.sdlora.cli.training;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.training.LoraTrainerBuilder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The most common training options; for most, the checkpoint has recommended values. */
@Heading("Training (defaults depend on the model size)")
final class CourseOptions {
  private static final int SHORT = 500;

  private final TrainerOptions options =
      new TrainerOptions("steps", "epochs", "batchSize", "learningRate", "size", "seed");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    options.addTo(command, CourseOptions.class);
  }

  void applyTo(LoraTrainerBuilder trainer) {
    Draft given = options.applyTo(trainer);
    // A short training needs a short warmup, which --warmup may change.
    given
        .<Integer>find("steps")
        .filter(few -> few <= SHORT)
        .ifPresent(few -> trainer.warmup(few / 10));
    if (given.find("epochs").isPresent()) {
      trainer.warmup(0);
    }
  }
}
