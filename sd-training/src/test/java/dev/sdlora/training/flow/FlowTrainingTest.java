package dev.sdlora.training.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.testkit.TinyTransformers;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.ResumeTest;
import dev.sdlora.training.TrainingException;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.AdapterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training runs of the transformer families. */
class FlowTrainingTest {
  @TempDir Path folder;

  private LoraTrainerBuilder trainer(Path checkpoint, String name) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .name("discs")
        .checkpoint(checkpoint)
        .size(new ImageSize(64, 48))
        .batchSize(2)
        .alpha(2)
        .steps(4);
  }

  /** Trains, and generates an image with the LoRA. */
  private LoraFile trainAndDraw(Path checkpoint) {
    LoraFile file = LoraFile.open(trainer(checkpoint, "lora").build().train().file());
    assertThat(file.strays()).isEmpty();
    try (Pipeline pipeline = Fixtures.float32().checkpoint(Checkpoint.open(checkpoint)).build()) {
      PromptSpec spec =
          PromptSpec.builder().prompt("a red disc, flat").size(64, 64).steps(2).seed(1).build();
      LoraAdapter lora = LoraAdapter.open(file.file().path());
      byte[] without = pipeline.generate(spec).first().rgb();
      byte[] with = pipeline.generate(spec.toBuilder().lora(lora).build()).first().rgb();
      assertThat(with).isNotEqualTo(without);
    }
    return file;
  }

  @Test
  void train_klein_writesTheFusedLayersOfAiToolkit() {
    LoraFile file = trainAndDraw(TinyTransformers.kleinBase());

    assertThat(file.family()).isEqualTo(ModelFamily.FLUX2);
    assertThat(keys(file)).isEqualTo(keys(TinyTransformers.kleinLoras()));
    assertThat(file.file().metadata())
        .containsEntry("modelspec.architecture", "Flux.2-klein-4b/lora")
        .containsEntry("ss_sd_model_name", "flux-2-klein-base-4b.safetensors");
  }

  @Test
  void train_zImage_writesTheLayersOfAiToolkit() {
    LoraFile file = trainAndDraw(TinyTransformers.zImageTurbo());

    assertThat(file.family()).isEqualTo(ModelFamily.Z_IMAGE);
    assertThat(keys(file))
        .containsAll(keys(TinyTransformers.zImageLoras()))
        .allMatch(key -> key.startsWith("diffusion_model.layers."));
  }

  @Test
  void train_flux1_writesTheLayersOfAiToolkit() {
    LoraFile file = trainAndDraw(TinyTransformers.flux1Dev());

    assertThat(file.family()).isEqualTo(ModelFamily.FLUX1);
    assertThat(keys(file)).isEqualTo(keys(TinyTransformers.flux1Loras()));
  }

  private static Set<String> keys(LoraFile file) {
    return file.file().tensors().keySet();
  }

  /** The names in a file with the layout of ai-toolkit. */
  private static Set<String> keys(Path loras) {
    return keys(LoraFile.open(loras.resolve("lora_aitoolkit.safetensors")));
  }

  @ParameterizedTest
  @EnumSource
  void train_cancelledAndResumed_givesTheSameBytesAsInOneGo(FlowGradientTest.Family family)
      throws IOException {
    ResumeTest.trainWith(resumable(family, "a"), 2, LoraTrainer::cancel);
    TrainingResult resumed = resumable(family, "a").build().train();
    TrainingResult whole = resumable(family, "b").build().train();

    assertThat(resumed.steps()).isEqualTo(4);
    assertThat(Files.readAllBytes(resumed.file())).isEqualTo(Files.readAllBytes(whole.file()));
  }

  private LoraTrainerBuilder resumable(FlowGradientTest.Family family, String name) {
    return trainer(family.checkpoint(), name)
        .precision(TrainingPrecision.BFLOAT16)
        .checkpointing(true)
        .schedule(LearningRateSchedule.COSINE)
        .captions(CaptionOptions.DEFAULTS.withDropout(0.3))
        .resume(true);
  }

  @Test
  void build_settingsWithoutMeaning_areRefused() {
    Path klein = TinyTransformers.klein();

    assertThatThrownBy(() -> trainer(klein, "a").textEncoder(true).build())
        .hasMessage(
            "textEncoder must be false for FLUX.2 klein, whose text encoders are not trained:"
                + " true");
    assertThatThrownBy(() -> trainer(klein, "a").clipSkip(2).build())
        .hasMessageContaining("clipSkip must be 1 for FLUX.2 klein");
    assertThatThrownBy(() -> trainer(klein, "a").minSnrGamma(5).build())
        .hasMessageContaining("minSnrGamma must not be set for FLUX.2 klein, a rectified flow");
    assertThatThrownBy(() -> trainer(klein, "a").size(new ImageSize(64, 56)).build())
        .hasMessage("size must have sides that are multiples of 16 for FLUX.2 klein: 64x56");
  }

  @Test
  void build_otherFamilies_areRefusedByName() {
    assertThatThrownBy(() -> trainer(TinyTransformers.chroma(), "a").build())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("cannot be trained on: it is Chroma; expected Stable Diffusion 1.x");
    assertThatThrownBy(() -> trainer(TinyTransformers.sd35Medium(), "a").build())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("it is SD 3");
  }

  @Test
  void modules_ofAttention_areThoseOfAttentions() {
    try (FlowBench bench = new FlowBench(TinyTransformers.zImageTurbo(), 1)) {
      AdapterSettings adapter = bench.adapter(TrainedModules.ATTENTION);

      assertThat(bench.family.modules(adapter, 1))
          .isNotEmpty()
          .allMatch(module -> module.name().contains(".attention."))
          .hasSizeLessThan(bench.family.modules(bench.adapter(TrainedModules.LINEAR), 1).size());
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void loss_ofOneBatch_fallsWhenItIsTrainedOn(FlowGradientTest.Family family) {
    LoraTrainerBuilder builder =
        trainer(family.checkpoint(), "fit")
            .trainingSet(TrainingSet.of(List.of(Fixtures.discs().examples().get(0))))
            .alpha(4)
            .steps(60);

    TrainingResult result = builder.build().train();

    assertThat(result.lastLoss()).isLessThan(result.firstLoss());
  }
}
