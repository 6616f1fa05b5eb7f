package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.setting.OptionSettings;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the optimiser and the learning rate. */
@Heading(
    value = "Optimiser",
    basic = {"--optimizer", "--scheduler"})
final class OptimiserChoice {
  /** The schedules under kohya's names. */
  enum Scheduler {
    CONSTANT,
    LINEAR,
    COSINE,
    COSINE_WITH_RESTARTS
  }

  private final SettingOptions<OptimiserOptions, Draft> optimiser =
      SettingOptions.allBut(OptionSettings.OPTIMISER);

  private final TrainerOptions trained =
      new TrainerOptions(
          "warmup",
          "textEncoderLearningRate",
          "textEncoder2LearningRate",
          "accumulation",
          "averaging",
          "weightDecay",
          "maxGradientNorm");

  @Option(
      names = "--scheduler",
      paramLabel = "constant|linear|cosine|cosine_with_restarts",
      description = "Course of the learning rate after the warm-up. Default: cosine.")
  private Optional<Scheduler> scheduler = Optional.empty();

  @Option(
      names = "--cycles",
      paramLabel = "N",
      description = "Cycles of cosine_with_restarts. Default: 3.")
  private Optional<Integer> cycles = Optional.empty();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    optimiser.addTo(command, OptimiserChoice.class);
    trained.addTo(command, OptimiserChoice.class);
  }

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    if (cycles.isPresent() && !scheduler.equals(Optional.of(Scheduler.COSINE_WITH_RESTARTS))) {
      throw console.badUsage("--cycles needs --scheduler cosine_with_restarts");
    }
    trainer.optimiser(optimiser.apply(OptimiserOptions.DEFAULTS, console));
    scheduler.ifPresent(named -> schedule(named, trainer));
    trained.applyTo(trainer);
  }

  private void schedule(Scheduler named, LoraTrainerBuilder trainer) {
    switch (named) {
      case CONSTANT -> trainer.schedule(LearningRateSchedule.CONSTANT);
      case LINEAR -> trainer.schedule(LearningRateSchedule.LINEAR);
      case COSINE -> trainer.schedule(LearningRateSchedule.COSINE);
      case COSINE_WITH_RESTARTS ->
          set(
              "--cycles",
              Optional.of(cycles.orElse(3)),
              n -> trainer.schedule(LearningRateSchedule.cosineWithRestarts(n)));
    }
  }
}
