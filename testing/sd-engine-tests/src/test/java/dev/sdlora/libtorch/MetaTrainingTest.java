package dev.sdlora.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.tensors.torch.Engines;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TrainingPrecision;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Trainings run as on a GPU, without its numbers: no operation mixes devices. */
final class MetaTrainingTest {
  @TempDir Path folder;

  static Stream<Path> transformers() {
    return Stream.of(
        TinyTransformers.klein(), TinyTransformers.zImageTurbo(), TinyTransformers.flux1Dev());
  }

  @BeforeAll
  static void chooseEngine() {
    assertThat(Engines.device(Optional.of("meta"), "gpu0")).isEqualTo("gpu0");
  }

  @ParameterizedTest
  @MethodSource("transformers")
  void train_transformers_keepsToTheDevice(Path model) {
    train(trainer(model).precision(TrainingPrecision.BFLOAT16).checkpointing(true));
  }

  @ParameterizedTest
  @MethodSource("transformers")
  void train_weightsInIntegers_keepsToTheDevice(Path model) {
    train(trainer(model).precision(TrainingPrecision.INT8));
  }

  /** AdamW's operator has no kernel here, and Prodigy reads its estimate, a number. */
  @ParameterizedTest
  @EnumSource(names = {"LION", "ADAFACTOR"})
  void train_unetWithTextEncoder_keepsToTheDevice(OptimiserKind optimiser) {
    train(
        trainer(TinyModels.CHECKPOINT)
            .textEncoder(true)
            .adapter(AdapterOptions.DEFAULTS.withDropout(0.5, 0.5, 0))
            .optimiser(OptimiserOptions.of(optimiser)));
  }

  private LoraTrainerBuilder trainer(Path model) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    return LoraTrainer.builder()
        .checkpoint(model)
        .trainingSet(TrainingSet.of(List.of(TrainingExample.of(image, "a cat"))))
        .size(new ImageSize(64, 64))
        .steps(2)
        .optimiser(OptimiserOptions.of(OptimiserKind.LION))
        .rank(2)
        .device("cuda")
        .output(folder.resolve("lora.safetensors"));
  }

  private static void train(LoraTrainerBuilder builder) {
    assertThat(builder.build().train().steps()).isEqualTo(2);
  }
}
