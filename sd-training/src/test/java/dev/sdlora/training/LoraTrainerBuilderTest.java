package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.setting.TrainingSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LoraTrainerBuilderTest {
  @TempDir private Path folder;

  private LoraTrainerBuilder builder() {
    return Fixtures.trainer(folder.resolve("out.safetensors"));
  }

  static Stream<Arguments> badValues() {
    return Stream.of(
        bad(b -> b.rank(0), "rank must be from 1 to 1024: 0"),
        bad(b -> b.rank(1025), "rank must be from 1 to 1024: 1025"),
        bad(b -> b.alpha(0), "alpha must be above 0 and finite: 0.0"),
        bad(b -> b.alpha(Double.NaN), "alpha must be above 0 and finite: NaN"),
        bad(b -> b.steps(0), "steps must be from 1 to 10000000: 0"),
        bad(b -> b.epochs(-1), "epochs must be at least 1: -1"),
        bad(b -> b.batchSize(0), "batchSize must be from 1 to 1024: 0"),
        bad(b -> b.learningRate(-1), "learningRate must be above 0 and finite: -1.0"),
        bad(
            b -> b.textEncoderLearningRate(Double.POSITIVE_INFINITY),
            "textEncoderLearningRate must be above 0 and finite: Infinity"),
        bad(
            b -> b.textEncoder2LearningRate(0),
            "textEncoder2LearningRate must be above 0 and finite: 0.0"),
        bad(b -> b.warmup(-1), "warmup must be at least 0: -1"),
        bad(b -> b.weightDecay(-0.1), "weightDecay must be at least 0 and finite: -0.1"),
        bad(b -> b.maxGradientNorm(0), "maxGradientNorm must be above 0 and finite: 0.0"),
        bad(b -> b.minSnrGamma(-1), "minSnrGamma must be at least 0 and finite: -1.0"),
        bad(b -> b.noiseOffset(-1), "noiseOffset must be at least 0 and finite: -1.0"),
        bad(
            b -> b.captions(CaptionOptions.DEFAULTS.withDropout(1.5)),
            "captionDropout must be from 0 to 1: 1.5"),
        bad(
            b -> b.captions(CaptionOptions.DEFAULTS.withDropout(Double.NaN)),
            "captionDropout must be from 0 to 1: NaN"),
        bad(b -> b.clipSkip(0), "clipSkip must be at least 1: 0"),
        bad(b -> b.saveEvery(0), "saveEvery must be at least 1: 0"),
        bad(b -> b.samples(List.of(), 1), "samples must not be empty: []"),
        bad(
            b -> b.samples(List.of(PromptSpec.builder().build()), 0),
            "everySteps of samples must be at least 1: 0"),
        bad(b -> b.name(" "), "name must not be blank: ' '"),
        bad(b -> b.triggerWord(""), "triggerWord must not be blank: ''"),
        bad(b -> b.output(Path.of("x.ckpt")), "output must end in .safetensors: x.ckpt"),
        bad(b -> b.lossPlot(Path.of("x.jpg")), "lossPlot must end in .png: x.jpg"),
        bad(
            b -> b.fileFormat(NumberFormat.BFLOAT16),
            "fileFormat must be FLOAT16 or FLOAT32: BFLOAT16"));
  }

  private static Arguments bad(Consumer<LoraTrainerBuilder> call, String message) {
    return Arguments.of(call, message);
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void setter_badValue_isRefusedAtOnce(Consumer<LoraTrainerBuilder> call, String message) {
    LoraTrainerBuilder builder = LoraTrainer.builder();

    assertThatThrownBy(() -> call.accept(builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void build_missingSetting_saysWhich() {
    LoraTrainerBuilder builder = LoraTrainer.builder();
    assertThatThrownBy(builder::build).hasMessage("images is not set");
    builder.trainingSet(Fixtures.discs());
    assertThatThrownBy(builder::build).hasMessage("checkpoint is not set");
    builder.checkpoint(Fixtures.CHECKPOINT);
    assertThatThrownBy(builder::build).hasMessage("steps or epochs is not set");
    builder.steps(1);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("output is not set");
  }

  @Test
  void build_settingsThatDoNotGoTogether_saysWhy() throws Exception {
    assertThatThrownBy(() -> builder().warmup(5).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("warmup must be less than the 5 steps: 5");
    assertThatThrownBy(() -> builder().clipSkip(50).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("clipSkip must be at most \\d+, the text encoder's layers: 50");
    assertThatThrownBy(() -> builder().samples(List.of(PromptSpec.builder().build()), 1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("samples require a pipeline that generates them");
    Path file = Files.writeString(folder.resolve("file"), "");
    Path nowhere = file.resolve("deep/out.safetensors");
    assertThatThrownBy(() -> builder().output(nowhere).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output must be in a folder, but '" + file + "' is not one: " + nowhere);
  }

  @Tag("slow")
  @Test
  void recommended_smallModel_learnsQuickly_andSettersCount() {
    LoraTrainerBuilder builder = LoraTrainer.recommended(Fixtures.CHECKPOINT, Fixtures.discs());
    builder.output(folder.resolve("made/by/training/out.safetensors"));

    assertThat(builder.build().steps()).isBetween(100, 1000);
    assertThat(builder.get(TrainingSettings.LEARNING_RATE)).isGreaterThan(1e-3);
    assertThat(builder.get(TrainingSettings.MODULES)).isEqualTo(TrainedModules.CONVOLUTIONS);
    assertThat(builder.get(TrainingSettings.PRECISION)).isEqualTo(TrainingPrecision.FLOAT32);
    assertThat(builder.get(TrainingSettings.CHECKPOINTING)).isFalse();
    assertThat(builder.steps(7).warmup(1).build().steps()).isEqualTo(7);
    assertThat(folder).isEmptyDirectory();
  }

  /** Writing the LoRA there would destroy the checkpoint. */
  @Test
  void build_outputIsTheCheckpoint_isRefused() throws Exception {
    Path checkpoint = Files.copy(Fixtures.CHECKPOINT, folder.resolve("model.safetensors"));

    assertThatThrownBy(() -> builder().checkpoint(checkpoint).output(checkpoint).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output must not be the checkpoint: " + checkpoint);
    assertThat(Files.mismatch(checkpoint, Fixtures.CHECKPOINT)).isEqualTo(-1);
  }
}
