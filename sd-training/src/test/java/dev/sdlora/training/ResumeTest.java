package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training runs that are stopped and resumed. */
@Timeout(600)
@Tag("slow")
public class ResumeTest {
  @TempDir private Path folder;

  private LoraTrainerBuilder trainer(String name) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .name("discs")
        .textEncoder(true)
        .batchSize(2)
        .schedule(LearningRateSchedule.COSINE)
        .warmup(2)
        .captions(CaptionOptions.DEFAULTS.withDropout(0.3))
        .noiseOffset(0.1)
        .minSnrGamma(5)
        .steps(6)
        .resume(true);
  }

  /** Trains and runs an action with the trainer after a step. */
  public static TrainingResult trainWith(
      LoraTrainerBuilder builder, int step, Consumer<LoraTrainer> action) {
    AtomicReference<@Nullable LoraTrainer> trainer = new AtomicReference<>();
    builder.listener(
        new TrainingListener() {
          @Override
          public void step(TrainingProgress progress) {
            LoraTrainer own = trainer.get();
            if (progress.step() == step && own != null) {
              action.accept(own);
            }
          }
        });
    LoraTrainer own = builder.build();
    trainer.set(own);
    return own.train();
  }

  @Test
  void train_cancelledAndResumed_givesTheSameBytesAsInOneGo() throws IOException {
    TrainingResult stopped = trainWith(trainer("a"), 4, LoraTrainer::cancel);
    assertThat(stopped.cancelled()).isTrue();
    assertThat(stopped.steps()).isEqualTo(4);
    assertThat(stopped.file()).isEqualTo(folder.resolve("a-step000004.safetensors"));
    assertThat(LoraFile.open(stopped.file()).modules()).isNotEmpty();
    assertThat(folder.resolve("a.safetensors")).doesNotExist();

    TrainingResult resumed = trainer("a").build().train();
    assertThat(resumed.cancelled()).isFalse();
    assertThat(resumed.steps()).isEqualTo(6);
    assertThat(folder.resolve("a.training-state.safetensors")).doesNotExist();

    TrainingResult whole = trainer("b").build().train();
    assertThat(Files.readAllBytes(resumed.file())).isEqualTo(Files.readAllBytes(whole.file()));
    assertThat(resumed.lastLoss()).isEqualTo(whole.lastLoss());
    assertThat(resumed.firstLoss()).isEqualTo(whole.firstLoss());
  }

  @ParameterizedTest
  @EnumSource(OptimiserKind.class)
  void train_resumedWithAveragesOfEachOptimiser_givesTheSameBytes(OptimiserKind kind)
      throws IOException {
    UnaryOperator<LoraTrainerBuilder> settings =
        builder ->
            builder
                .optimiser(OptimiserOptions.of(kind))
                .learningRate(kind == OptimiserKind.PRODIGY ? 1 : 5e-3)
                .loss(TrainingLoss.huberByNoise(0.1))
                .timesteps(TimestepSampling.logitNormal(0, 1))
                .batchSize(1)
                .accumulation(2)
                .averaging(0.9);
    trainWith(settings.apply(trainer("a")), 4, LoraTrainer::cancel);
    TrainingResult resumed = settings.apply(trainer("a")).build().train();
    TrainingResult whole = settings.apply(trainer("b")).build().train();

    assertThat(resumed.steps()).isEqualTo(6);
    assertThat(Files.readAllBytes(resumed.file())).isEqualTo(Files.readAllBytes(whole.file()));
    assertThat(resumed.lastLoss()).isEqualTo(whole.lastLoss());
  }

  @Test
  void train_savedOnTheWay_goesOnFromThere() throws IOException {
    trainWith(trainer("a").saveEvery(2), 3, LoraTrainer::cancel);
    assertThat(folder.resolve("a-step000002.safetensors")).exists();
    assertThat(folder.resolve("a-step000003.safetensors")).exists();
    // Saving does not change the training.
    trainer("a").saveEvery(5).build().train();
    trainer("b").build().train();

    assertThat(Files.readAllBytes(folder.resolve("a.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("b.safetensors")));
  }

  @Test
  void train_interrupted_writesStateAndStaysInterrupted() {
    TrainingResult result =
        trainWith(trainer("a").saveEvery(2), 2, own -> Thread.currentThread().interrupt());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.cancelled()).isTrue();
    assertThat(result.steps()).isEqualTo(2);
    assertThat(folder.resolve("a.training-state.safetensors")).exists();
  }

  @Test
  void train_interruptedBeforehand_doesNothing() {
    LoraTrainer trainer = trainer("a").build();
    Thread.currentThread().interrupt();
    TrainingResult result = trainer.train();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.cancelled()).isTrue();
    assertThat(result.steps()).isZero();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void train_stateOfOtherSettings_saysWhichDiffers() {
    trainWith(trainer("a"), 1, LoraTrainer::cancel);

    assertThatThrownBy(() -> trainer("a").rank(2).build().train())
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "training state '%s' was made with rank 4, expected 2; resume with the same"
                + " settings, or start over without resume",
            folder.resolve("a.training-state.safetensors"));
  }

  @Test
  void train_stateOfOtherPictures_isRefused() {
    trainWith(trainer("a"), 1, LoraTrainer::cancel);
    LoraTrainer other =
        trainer("a")
            .trainingSet(
                TrainingSet.of(
                    List.of(TrainingExample.of(Fixtures.disc(Color.WHITE), "a white disc"))))
            .build();

    assertThatThrownBy(other::train)
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("was made with pictures and captions ");
  }

  @Test
  void train_withoutResume_beginsAnew() throws IOException {
    trainWith(trainer("a"), 3, LoraTrainer::cancel);
    TrainingResult anew = trainer("a").rank(2).resume(false).build().train();

    assertThat(anew.steps()).isEqualTo(6);
    assertThat(LoraFile.open(anew.file()).rank()).isEqualTo(2);
  }

  @Test
  void train_secondTimeAtOnce_isRefused() {
    trainWith(
        trainer("a"),
        1,
        own -> {
          assertThatThrownBy(own::train)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("this trainer is already running");
          own.cancel();
        });
  }
}
