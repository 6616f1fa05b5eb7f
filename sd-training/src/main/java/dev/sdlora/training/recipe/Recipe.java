package dev.sdlora.training.recipe;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.Buckets;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.step.Adafactor;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.DenoisingProgram;
import dev.sdlora.training.step.LearningRate;
import dev.sdlora.training.step.Lion;
import dev.sdlora.training.step.Optimiser;
import dev.sdlora.training.step.Prodigy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** All settings that determine the course of a training run, except the images. */
public record Recipe(
    int steps,
    int batchSize,
    int accumulation,
    ImageSize size,
    Rates rates,
    Optimisation optimisation,
    Objective objective,
    Inputs inputs,
    Computation computation,
    int clipSkip,
    long seed) {

  /**
   * The learning rates and their schedule; those of the text encoders are in the order of the
   * encoders.
   */
  public record Rates(
      double unet, List<Double> textEncoders, int warmup, LearningRateSchedule schedule) {}

  /** The optimiser and its numbers. An averaging of 0 means none. */
  public record Optimisation(
      OptimiserOptions optimiser, double weightDecay, double maxGradientNorm, double averaging) {
    /**
     * The share of the averages that a step keeps. In the first steps it is smaller, {@code (1 + n)
     * / (10 + n)} after n steps, so that initial factors are soon forgotten.
     *
     * @param step the index of the step, from 0
     */
    public double averagingAt(int step) {
      return Math.min(averaging, (2.0 + step) / (11.0 + step));
    }

    /** The name of the optimiser with its settings, as in the metadata of kohya's trainer. */
    public String optimiserName() {
      List<String> arguments = new ArrayList<>();
      String name =
          switch (optimiser.kind()) {
            case ADAMW -> "torch.optim.adamw.AdamW";
            case PRODIGY -> {
              if (optimiser.growth() != 1) {
                arguments.add("d_coef=" + Decimals.text(optimiser.growth()));
              }
              yield "prodigyopt.prodigy.Prodigy";
            }
            case LION -> "lion_pytorch.lion_pytorch.Lion";
            case ADAFACTOR -> {
              arguments.add("scale_parameter=False");
              arguments.add("relative_step=False");
              yield "transformers.optimization.Adafactor";
            }
          };
      arguments.add("weight_decay=" + Decimals.text(weightDecay));
      return name + "(" + String.join(",", arguments) + ")";
    }
  }

  /** The loss and the noise levels at which it is measured. */
  public record Objective(
      TrainingLoss loss,
      OptionalDouble minSnrGamma,
      boolean debiased,
      TimestepSampling timesteps,
      double noiseOffset) {
    public LossWeighting weighting() {
      return new LossWeighting(loss, minSnrGamma, debiased);
    }
  }

  /** The changes to images and captions before they are trained on. */
  public record Inputs(
      CaptionOptions captions,
      Optional<BucketOptions> buckets,
      boolean flips,
      OptionalDouble unmaskedWeight,
      double priorWeight) {}

  /** The dtype of gradients, and whether inner values are computed again. */
  public record Computation(TrainingPrecision precision, boolean checkpointing) {
    /** A denoiser with fewer weights is small; SD 1.5's has 860 million. */
    private static final long SMALL = 50_000_000;

    /** The inner values of U-Nets with fewer weights fit into the memory of usual machines. */
    private static final long LARGE = 1_500_000_000;

    /**
     * Recommends a computation for models with a U-Net: float32 for small ones and for processors
     * without bfloat16 instructions, and checkpointing for SDXL.
     *
     * @param weights the number of weights of the denoiser
     */
    public static Computation recommended(long weights) {
      boolean isShort = weights >= SMALL && Processor.hasBfloat16();
      return new Computation(
          isShort ? TrainingPrecision.BFLOAT16 : TrainingPrecision.FLOAT32, weights >= LARGE);
    }

    /** The same for U-Nets, which compute in the dtype of their weights. */
    public DenoisingProgram.Computation ofUNet() {
      ScalarType format =
          precision == TrainingPrecision.FLOAT32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16;
      return new DenoisingProgram.Computation(format, checkpointing);
    }
  }

  /** A sentence about a learning rate that does not suit the optimiser. */
  public Optional<String> rateWarning() {
    return optimisation.optimiser().kind() == OptimiserKind.PRODIGY && rates.unet() < 0.1
        ? Optional.of(
            "Prodigy estimates the learning rate itself, and the given one, %s, is a factor on its estimate that should be 1"
                .formatted(Decimals.text(rates.unet())))
        : Optional.empty();
  }

  public LearningRate unetRate() {
    return rate(rates.unet());
  }

  /** The learning rate of a network; that of the U-Net for all but text encoders. */
  public LearningRate rate(Network network) {
    for (int i = 0; i < rates.textEncoders().size(); i++) {
      if (Network.textEncoder(i) == network) {
        return rate(rates.textEncoders().get(i));
      }
    }
    return unetRate();
  }

  /** The likely cause of numbers that are not finite. */
  public String causeOfDivergence() {
    double rate = rates.unet();
    return switch (optimisation.optimiser().kind()) {
      case ADAMW, ADAFACTOR -> "the learning rate %s is probably too high".formatted(rate);
      case LION ->
          "the learning rate %s is probably too high; Lion's is a third to a tenth of AdamW's"
              .formatted(rate);
      case PRODIGY ->
          "the growth %s or the learning rate %s, a factor on Prodigy's estimate, is probably too high"
              .formatted(optimisation.optimiser().growth(), rate);
    };
  }

  private LearningRate rate(double peak) {
    return new LearningRate(peak, rates.warmup(), steps, rates.schedule(), 0);
  }

  /** Creates the optimiser of groups of weights; the javadoc of the options lists its defaults. */
  public Optimiser optimiser(Torch torch, List<Map<String, NDArray>> groups) {
    OptimiserOptions options = optimisation.optimiser();
    double decay = optimisation.weightDecay();
    double beta1 = options.beta1().orElse(0.9);
    double beta2 = options.beta2().orElse(options.kind() == OptimiserKind.LION ? 0.99 : 0.999);
    return switch (options.kind()) {
      case ADAMW ->
          new AdamW(
              torch,
              groups,
              new AdamW.Settings(beta1, beta2, decay, optimisation.maxGradientNorm()));
      case PRODIGY ->
          new Prodigy(torch, groups, new Prodigy.Settings(beta1, beta2, decay, options.growth()));
      case LION -> new Lion(torch, groups, beta1, beta2, decay);
      case ADAFACTOR -> new Adafactor(torch, groups, decay);
    };
  }

  /** The training size of each image. */
  public Buckets imageBuckets() {
    return new Buckets(size, inputs.buckets());
  }

  /**
   * The settings of batches.
   *
   * @param channels the number of channels of a latent
   * @param noise the noise process of the model
   */
  public Batches.Settings batches(int channels, NoiseProcess noise) {
    return new Batches.Settings(
        seed,
        batchSize,
        channels,
        objective.noiseOffset(),
        objective.weighting(),
        inputs.captions(),
        objective.timesteps(),
        noise);
  }
}
