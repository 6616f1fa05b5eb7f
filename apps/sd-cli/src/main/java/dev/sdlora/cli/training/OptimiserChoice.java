package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.option.NumberPair;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

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

  @Option(
      names = "--optimizer",
      paramLabel = "adamw|prodigy|lion|adafactor",
      description = "Optimiser. Prodigy needs --learning-rate 1. Default: adamw.")
  private Optional<OptimiserKind> kind = Optional.empty();

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

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description =
          "Steps over which the learning rate rises from 0. Default: 50; small models: 20; few"
              + " steps: a tenth.")
  private Optional<Integer> warmup = Optional.empty();

  @Option(
      names = "--text-encoder-rate",
      paramLabel = "X",
      description = "Learning rate of the text encoders. Default: half of --learning-rate.")
  private Optional<Double> textRate = Optional.empty();

  @Option(
      names = "--text-encoder-2-rate",
      paramLabel = "X",
      description = "Learning rate of SDXL's second text encoder. Default: that of the first.")
  private Optional<Double> text2Rate = Optional.empty();

  @Option(
      names = "--accumulation",
      paramLabel = "N",
      description = "Batches whose gradients are averaged in each step. Default: 1.")
  private Optional<Integer> accumulation = Optional.empty();

  @Option(
      names = "--ema",
      paramLabel = "0..1",
      description = "Write a running average of the weights with this decay, such as 0.99.")
  private Optional<Double> ema = Optional.empty();

  @Option(names = "--weight-decay", paramLabel = "X", description = "Weight decay. Default: 0.01.")
  private Optional<Double> weightDecay = Optional.empty();

  @Option(
      names = "--max-grad-norm",
      paramLabel = "X",
      description = "Norm to which larger gradients are clipped. Default: 1.")
  private Optional<Double> maxGradNorm = Optional.empty();

  @Option(
      names = "--betas",
      paramLabel = "X,X",
      converter = ImageOptions.Pairs.class,
      description = "Decay rates of the averages of gradients. Default: by --optimizer.")
  private Optional<NumberPair> betas = Optional.empty();

  @Option(
      names = "--d-coef",
      paramLabel = "X",
      description = "Factor on Prodigy's estimate of the learning rate. Default: 1.")
  private Optional<Double> growth = Optional.empty();

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    if (cycles.isPresent() && !scheduler.equals(Optional.of(Scheduler.COSINE_WITH_RESTARTS))) {
      throw console.badUsage("--cycles needs --scheduler cosine_with_restarts");
    }
    if (growth.isPresent() && !kind.equals(Optional.of(OptimiserKind.PRODIGY))) {
      throw console.badUsage("--d-coef needs --optimizer prodigy");
    }
    OptimiserOptions[] made = {OptimiserOptions.of(kind.orElse(OptimiserKind.ADAMW))};
    set("--betas", betas, pair -> made[0] = made[0].withBetas(pair.first(), pair.second()));
    set("--d-coef", growth, factor -> made[0] = made[0].withGrowth(factor));
    trainer.optimiser(made[0]);
    scheduler.ifPresent(named -> schedule(named, trainer));
    set("--warmup", warmup, trainer::warmup);
    set("--text-encoder-rate", textRate, trainer::textEncoderLearningRate);
    set("--text-encoder-2-rate", text2Rate, trainer::textEncoder2LearningRate);
    set("--accumulation", accumulation, trainer::accumulation);
    set("--ema", ema, trainer::averaging);
    set("--weight-decay", weightDecay, trainer::weightDecay);
    set("--max-grad-norm", maxGradNorm, trainer::maxGradientNorm);
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
