package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.setting.DataSettings;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the loss and the noise. */
@Heading(
    value = "Loss and noise",
    basic = {})
final class LossChoice {
  /** The distributions of noise levels under kohya's names. */
  enum Timesteps {
    UNIFORM,
    LOGIT_NORMAL,
    SHIFT,
    BY_RESOLUTION
  }

  private static final double USUAL_SHIFT = 3;

  private final SettingOptions<TrainingLoss, Draft> loss = SettingOptions.allBut(DataSettings.LOSS);

  private final TrainerOptions weights =
      new TrainerOptions("minSnrGamma", "debiased", "noiseOffset");

  private final SettingOptions<TimestepSampling, Draft> levels =
      SettingOptions.of(DataSettings.TIMESTEPS, "mean", "deviation", "least", "most");

  @Option(
      names = "--timesteps",
      paramLabel = "uniform|logit_normal|shift|by_resolution",
      description = "Distribution of noise levels. Default: the model family's.")
  private Optional<Timesteps> timesteps = Optional.empty();

  @Option(
      names = "--timestep-shift",
      paramLabel = "X",
      description = "Shift of --timesteps shift; above 1 for more noise. Default: 3.")
  private Optional<Double> shift = Optional.empty();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    loss.addTo(command, LossChoice.class);
    weights.addTo(command, LossChoice.class);
    levels.addTo(command, LossChoice.class);
  }

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    trainer.loss(loss.apply(TrainingLoss.L2, console));
    weights.applyTo(trainer);
    if (shift.isPresent() && !timesteps.equals(Optional.of(Timesteps.SHIFT))) {
      throw console.badUsage("--timestep-shift needs --timesteps shift");
    }
    TimestepSampling shape = sampling(timesteps.orElse(Timesteps.UNIFORM));
    if (timesteps.isPresent() || levels.isGiven()) {
      trainer.timesteps(levels.apply(shape, console));
    }
  }

  private TimestepSampling sampling(Timesteps named) {
    TimestepSampling[] made = {TimestepSampling.UNIFORM};
    switch (named) {
      case UNIFORM -> {}
      case BY_RESOLUTION -> made[0] = TimestepSampling.BY_RESOLUTION;
      case LOGIT_NORMAL -> made[0] = TimestepSampling.logitNormal(0, 1);
      case SHIFT ->
          set(
              "--timestep-shift",
              Optional.of(shift.orElse(USUAL_SHIFT)),
              value -> made[0] = TimestepSampling.shifted(value));
    }
    return made[0];
  }
}
