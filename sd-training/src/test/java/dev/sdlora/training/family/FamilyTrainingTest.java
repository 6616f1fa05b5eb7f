package dev.sdlora.training.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.Bench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training runs on SD 2.x, which predicts velocity here, and SDXL, which is conditioned on sizes.
 */
@Timeout(600)
@Tag("slow")
class FamilyTrainingTest {
  private static final ImageSize SIZE = new ImageSize(128, 128);

  @TempDir private static Path models;
  @TempDir private Path folder;

  private static Path sd2 = Path.of("");
  private static Path sdxl = Path.of("");

  @BeforeAll
  static void write() {
    sd2 = Fixtures.withWholeVocabulary(TinyFamilies.sd2(), models.resolve("sd2.safetensors"));
    sdxl = Fixtures.withWholeVocabulary(TinyFamilies.sdxl(), models.resolve("sdxl.safetensors"));
  }

  @Test
  void gradients_ofSdxl_equalDifferencesOfTheLoss() {
    UNetFiles model = CheckpointReader.read(sdxl);
    try (Bench bench =
        new Bench(model, Fixtures.discs(), SIZE, TrainedModules.CONVOLUTIONS, false, 2)) {
      bench.randomise(0.05);

      bench.assertGradients(
          List.of(
              "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
              "mid_block.attentions.0.proj_in",
              "up_blocks.0.resnets.0.conv1",
              "up_blocks.0.attentions.1.transformer_blocks.0.ff.net.0.proj"));
    }
  }

  @Test
  void gradients_ofSd2WithItsTextEncoder_equalDifferencesOfTheLoss() {
    UNetFiles model = CheckpointReader.read(sd2);
    try (Bench bench = new Bench(model, Fixtures.discs(), SIZE, TrainedModules.LINEAR, true, 2)) {
      bench.randomise(0.05);

      bench.assertGradients(
          List.of(
              "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
              "text_encoders.0.text_model.encoder.layers.0.self_attn.v_proj",
              "text_encoders.0.text_model.encoder.layers.1.mlp.fc1"));
    }
  }

  @Test
  void loss_ofOneBatch_fallsWhenItIsTrainedOn() {
    for (Path checkpoint : List.of(sd2, sdxl)) {
      UNetFiles model = CheckpointReader.read(checkpoint);
      try (Bench own =
          new Bench(model, Fixtures.discs(), Fixtures.SIZE, TrainedModules.LINEAR, false, 1)) {
        Batch batch = own.batches.at(0);
        double before = own.loss(batch);
        AdamW optimiser =
            new AdamW(own.torch, own.parameters.weights(), new AdamW.Settings(0.999, 0, 1));
        for (int i = 0; i < 20; i++) {
          try (NDManager scope = own.torch.scope()) {
            optimiser.step(own.gradients(batch, scope), 5e-3);
          }
        }

        assertThat(own.loss(batch)).as(checkpoint.toString()).isLessThan(0.9 * before);
      }
    }
  }

  @Test
  void vector_ofSdxl_isPooledTextAndSizes() {
    UNetFiles model = CheckpointReader.read(sdxl);
    try (Bench bench = new Bench(model, Fixtures.discs(), SIZE, TrainedModules.LINEAR, false, 1)) {
      Batch batch = bench.batches.at(0);
      int width = model.unet().config().vectorWidth();
      ClipConfig last = model.textEncoders().get(1).config();

      float[] vector = bench.captions.vectors(List.of("a blue disc"), batch.sizes(), width);
      float[] other = bench.captions.vectors(List.of(""), batch.sizes(), width);

      assertThat(batch.sizes().get(0).toString()).contains("originalHeight=64", "targetHeight=128");
      assertThat(vector[0]).isNotEqualTo(other[0]);
      // The first size is 64, so its first sine and cosine are those of 64 itself.
      int half = (width - last.projection()) / 6 / 2;
      assertThat((double) vector[last.projection()]).isCloseTo(Math.cos(64), within(1e-6));
      assertThat((double) vector[last.projection() + half]).isCloseTo(Math.sin(64), within(1e-6));
      assertThat((double) vector[last.projection() + 8 * half])
          .isCloseTo(Math.cos(128), within(1e-6));
    }
  }

  private LoraTrainerBuilder trainer(Path checkpoint, String name) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .checkpoint(checkpoint)
        .trainingSet(Fixtures.discs());
  }

  /** Trains, and generates an image with the LoRA. */
  private LoraFile train(Path checkpoint, LoraTrainerBuilder builder) {
    LoraFile file = LoraFile.open(builder.build().train().file());
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
  void train_sdxl_writesKohyasNamesAndDraws() {
    LoraFile file =
        train(sdxl, trainer(sdxl, "xl").captions(CaptionOptions.DEFAULTS.withDropout(0.3)));

    assertThat(file.family()).isEqualTo(ModelFamily.SDXL);
    assertThat(file.file().metadata())
        .containsEntry("ss_base_model_version", "sdxl_base_v1-0")
        .containsEntry("modelspec.architecture", "stable-diffusion-xl-v1-base/lora")
        .containsEntry("modelspec.prediction_type", "epsilon")
        .containsEntry("ss_clip_skip", "None");
    assertThat(file.file().tensors())
        .containsKey("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_up.weight");
  }

  @Test
  void train_sd2WithTextEncoder_tellsOfVelocityAndDraws() {
    LoraFile file = train(sd2, trainer(sd2, "v").textEncoder(true));

    assertThat(file.family()).isEqualTo(ModelFamily.SD2);
    assertThat(file.file().metadata())
        .containsEntry("ss_base_model_version", "sd_v2_v")
        .containsEntry("ss_v2", "True")
        .containsEntry("modelspec.architecture", "stable-diffusion-v2-768-v/lora")
        .containsEntry("modelspec.prediction_type", "v");
  }

  @Test
  void build_whatIsNotTrained_isRefusedByName() {
    assertThatThrownBy(() -> trainer(sdxl, "a").clipSkip(2).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clipSkip must be 1 for SDXL");
  }

  @Test
  void modules_ofModelsForOtherWork_areRefusedByName() {
    UNetFiles model = CheckpointReader.read(sdxl);
    Checkpoint checkpoint = model.checkpoint();
    AdapterSettings adapter =
        new AdapterSettings(4, 4, TrainedModules.LINEAR, false, AdapterOptions.DEFAULTS);
    Map<String, Checkpoint> others =
        Map.of(
            "is an inpainting model",
            new CheckpointBuilder(checkpoint).task(Checkpoint.Task.INPAINTING).build(),
            "is an image editing model",
            new CheckpointBuilder(checkpoint).task(Checkpoint.Task.EDITING).build(),
            "is the refiner of SDXL",
            new CheckpointBuilder(sdxl, ModelFamily.SDXL_REFINER).build());

    others.forEach(
        (sentence, other) ->
            assertThatThrownBy(
                    () ->
                        new UNetTraining(
                                new UNetFiles(
                                    other,
                                    model.textEncoders(),
                                    model.unet(),
                                    model.vae(),
                                    model.prediction(),
                                    model.levels()),
                                "cpu")
                            .modules(adapter, 1))
                .isInstanceOf(UntrainableException.class)
                .hasMessageContaining(sentence));
  }
}
