package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TrainingLoss;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty steps in float32 agree with an independent PyTorch program in double precision: {@code
 * reference/train.py} in the test resources.
 */
@Tag("slow")
class ReferenceTrainingTest {
  /** The largest difference, as a share of the largest value. */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  private void assertAgrees(
      String run, String network, Path checkpoint, UnaryOperator<LoraTrainerBuilder> settings) {
    ReferenceRun.Outcome outcome =
        new ReferenceRun(run, network, "lora")
            .train(settings.apply(ReferenceRun.trainer(checkpoint, folder)));

    assertThat(outcome.lossError()).as("losses").isLessThan(TOLERANCE);
    assertThat(outcome.factorErrors())
        .containsOnlyKeys("lora_down", "lora_up")
        .allSatisfy((kind, error) -> assertThat(error).as(kind).isLessThan(TOLERANCE));
  }

  private void assertAgrees(String run, UnaryOperator<LoraTrainerBuilder> settings) {
    assertAgrees(run, "sd1", TinyModels.CHECKPOINT, settings);
  }

  @Test
  void adamW_sd1_agrees() {
    assertAgrees("adamw", builder -> builder);
  }

  @Test
  void lion_linearSchedule_agrees() {
    assertAgrees(
        "lion",
        builder ->
            builder
                .optimiser(OptimiserOptions.of(OptimiserKind.LION))
                .learningRate(3e-4)
                .schedule(LearningRateSchedule.LINEAR));
  }

  @Test
  void adafactor_cosineWithWarmup_agrees() {
    assertAgrees(
        "adafactor",
        builder ->
            builder
                .optimiser(OptimiserOptions.of(OptimiserKind.ADAFACTOR))
                .schedule(LearningRateSchedule.COSINE)
                .warmup(4));
  }

  @Test
  void prodigy_cosineWithRestarts_agrees() {
    assertAgrees(
        "prodigy",
        builder ->
            builder
                .optimiser(OptimiserOptions.of(OptimiserKind.PRODIGY).withGrowth(30))
                .learningRate(1)
                .schedule(LearningRateSchedule.cosineWithRestarts(2)));
  }

  @Test
  void huber_agrees() {
    assertAgrees("huber", builder -> builder.loss(TrainingLoss.huber(0.1)));
  }

  @Test
  void huberByNoise_constantWithWarmup_agrees() {
    assertAgrees(
        "huber-by-noise", builder -> builder.loss(TrainingLoss.huberByNoise(0.1)).warmup(5));
  }

  @Test
  void minSnrAndDebiased_multiply() {
    assertAgrees("weighted", builder -> builder.minSnrGamma(5).debiased(true));
  }

  @Test
  void accumulationAndAveraging_agree() {
    assertAgrees("averaged", builder -> builder.batchSize(1).accumulation(2).averaging(0.9));
  }

  @Test
  void adamW_sd2WithWeightedVelocity_agrees() {
    assertAgrees(
        "sd2", "sd2", TinyFamilies.sd2(), builder -> builder.minSnrGamma(5).debiased(true));
  }

  @Test
  void adamW_sdxl_agrees() {
    assertAgrees("sdxl", "sdxl", TinyFamilies.sdxl(), builder -> builder);
  }
}
