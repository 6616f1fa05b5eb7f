package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.option.NumberPair;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of the loss and the noise. */
@Heading(
    value = "Loss and noise",
    basic = {})
final class LossChoice {
  /** The shapes of the loss under kohya's names. */
  enum Loss {
    L2,
    HUBER,
    HUBER_BY_NOISE
  }

  /** The distributions of noise levels under kohya's names. */
  enum Timesteps {
    UNIFORM,
    LOGIT_NORMAL,
    SHIFT,
    BY_RESOLUTION
  }

  private static final double USUAL_DELTA = 0.1;
  private static final double USUAL_SHIFT = 3;

  @Option(
      names = "--loss",
      paramLabel = "l2|huber|huber_by_noise",
      description = "Loss of each predicted number. Default: l2.")
  private Optional<Loss> loss = Optional.empty();

  @Option(
      names = "--huber-delta",
      paramLabel = "X",
      description = "Error from which huber grows linearly. Default: 0.1.")
  private Optional<Double> delta = Optional.empty();

  @Option(
      names = "--min-snr-gamma",
      paramLabel = "X",
      description = "Bound on the signal-to-noise ratio in the weight of a sample. Default: 5.")
  private Optional<Double> minSnrGamma = Optional.empty();

  @Option(
      names = "--debiased",
      description = "Weigh samples by one over the root of their signal-to-noise ratio.")
  private boolean debiased;

  @Option(
      names = "--noise-offset",
      paramLabel = "X",
      description = "Noise offset, for very dark or bright styles. Default: 0.")
  private Optional<Double> noiseOffset = Optional.empty();

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

  @Option(
      names = "--logit-normal",
      paramLabel = "MEAN,DEVIATION",
      converter = ImageOptions.Pairs.class,
      description = "Normal numbers of --timesteps logit_normal. Default: 0,1.")
  private Optional<NumberPair> normal = Optional.empty();

  @Option(
      names = "--timestep-range",
      paramLabel = "LEAST,MOST",
      converter = ImageOptions.Pairs.class,
      description = "Train only on these noise levels, from 0, clean, to 1, pure noise.")
  private Optional<NumberPair> range = Optional.empty();

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    if (loss.orElse(Loss.L2) == Loss.L2) {
      console.requireBeside("--loss huber", "--huber-delta");
      if (delta.isPresent()) {
        throw console.badUsage("--huber-delta needs --loss huber");
      }
    }
    loss.ifPresent(
        named ->
            set(
                "--huber-delta",
                Optional.of(delta.orElse(USUAL_DELTA)),
                value -> trainer.loss(loss(named, value))));
    set("--min-snr-gamma", minSnrGamma, trainer::minSnrGamma);
    trainer.debiased(debiased);
    set("--noise-offset", noiseOffset, trainer::noiseOffset);
    if (shift.isPresent() && !timesteps.equals(Optional.of(Timesteps.SHIFT))) {
      throw console.badUsage("--timestep-shift needs --timesteps shift");
    }
    if (normal.isPresent() && !timesteps.equals(Optional.of(Timesteps.LOGIT_NORMAL))) {
      throw console.badUsage("--logit-normal needs --timesteps logit_normal");
    }
    if (timesteps.isPresent() || range.isPresent()) {
      TimestepSampling[] made = {sampling(timesteps.orElse(Timesteps.UNIFORM))};
      set("--timestep-range", range, pair -> made[0] = made[0].within(pair.first(), pair.second()));
      trainer.timesteps(made[0]);
    }
  }

  private static TrainingLoss loss(Loss named, double delta) {
    return switch (named) {
      case L2 -> TrainingLoss.L2;
      case HUBER -> TrainingLoss.huber(delta);
      case HUBER_BY_NOISE -> TrainingLoss.huberByNoise(delta);
    };
  }

  private TimestepSampling sampling(Timesteps named) {
    TimestepSampling[] made = {TimestepSampling.UNIFORM};
    switch (named) {
      case UNIFORM -> {}
      case BY_RESOLUTION -> made[0] = TimestepSampling.BY_RESOLUTION;
      case LOGIT_NORMAL ->
          set(
              "--logit-normal",
              Optional.of(normal.orElse(new NumberPair(0, 1))),
              pair -> made[0] = TimestepSampling.logitNormal(pair.first(), pair.second()));
      case SHIFT ->
          set(
              "--timestep-shift",
              Optional.of(shift.orElse(USUAL_SHIFT)),
              value -> made[0] = TimestepSampling.shifted(value));
    }
    return made[0];
  }
}
