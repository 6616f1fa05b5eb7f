package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.KeyStyle;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.AddedConditions;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Residuals;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.training.adapter.LoraWriter;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.step.AdamW;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainings on SD 2.x, which predicts velocity here, and SDXL, which is told of sizes. */
@Timeout(120)
class FamilyTrainingTest {
  private static final ImageSize SIZE = new ImageSize(128, 128);

  /** See {@link GradientTest}. */
  private static final double REACH = 0.1;

  @TempDir private static Path models;
  @TempDir private Path folder;

  private static Path sd2 = Path.of("");
  private static Path sdxl = Path.of("");

  @BeforeAll
  static void write() {
    sd2 = Fixtures.withWholeVocabulary(TinyFamilies.sd2(), models.resolve("sd2.safetensors"));
    sdxl = Fixtures.withWholeVocabulary(TinyFamilies.sdxl(), models.resolve("sdxl.safetensors"));
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static double lossAt(
      Bench bench, NDArray tensor, float[] start, float[] direction, double distance) {
    float[] moved = start.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (distance * direction[i]);
    }
    Bench.set(tensor, moved);
    return bench.loss(bench.batches.at(0));
  }

  /** As for SD 1.x: along a gradient the loss changes by its length. */
  private static void assertGradients(Bench bench, List<String> modules) {
    Map<String, float[]> gradients = bench.gradients(bench.batches.at(0));
    for (String module : modules) {
      for (String factor : List.of(".lora_down.weight", ".lora_up.weight")) {
        NDArray tensor = Objects.requireNonNull(bench.parameters.weights().get(module + factor));
        float[] gradient = Objects.requireNonNull(gradients.get(module + factor));
        float[] start = tensor.toFloatArray();
        double length = length(gradient);
        assertThat(length).as(module + factor).isPositive();
        double reach = REACH * length(start);

        double ahead = lossAt(bench, tensor, start, gradient, reach / length);
        double behind = lossAt(bench, tensor, start, gradient, -reach / length);
        Bench.set(tensor, start);

        assertThat((ahead - behind) / (2 * reach))
            .as(module + factor)
            .isCloseTo(length, within(0.03 * length));
      }
    }
  }

  @Test
  void gradients_ofSdxl_equalDifferencesOfTheLoss() {
    ModelFiles model = CheckpointReader.read(sdxl);
    try (Bench bench =
        new Bench(model, Fixtures.discs(), SIZE, TrainedModules.CONVOLUTIONS, false, 2)) {
      bench.randomise(0.05);

      assertGradients(
          bench,
          List.of(
              "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
              "mid_block.attentions.0.proj_in",
              "up_blocks.0.resnets.0.conv1",
              "up_blocks.0.attentions.1.transformer_blocks.0.ff.net.0.proj"));
    }
  }

  @Test
  void gradients_ofSd2WithItsTextEncoder_equalDifferencesOfTheLoss() {
    ModelFiles model = CheckpointReader.read(sd2);
    try (Bench bench = new Bench(model, Fixtures.discs(), SIZE, TrainedModules.LINEAR, true, 2)) {
      bench.randomise(0.05);

      assertGradients(
          bench,
          List.of(
              "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
              "text_model.encoder.layers.0.self_attn.v_proj",
              "text_model.encoder.layers.1.mlp.fc1"));
    }
  }

  /** Beside the weights in training, inside them in a pipeline, told the same of text and sizes. */
  @Test
  void loss_ofSdxl_isThatOfPatchedWeights() {
    ModelFiles model = CheckpointReader.read(sdxl);
    try (Bench bench = new Bench(model, Fixtures.discs(), SIZE, TrainedModules.LINEAR, false, 1);
        Torch torch = Torch.open("cpu")) {
      bench.randomise(0.05);
      Batch batch = bench.batches.at(0);
      Path file = folder.resolve("lora.safetensors");
      LoraWriter.write(
          file, bench.parameters, KeyStyle.KOHYA.names(ModelFamily.SDXL), DType.F32, Map.of());
      TensorLoader loader = new TensorLoader(torch);
      try (LiveWeights unet =
              LiveWeights.load(torch, loader, model.unet().weights(), ScalarType.FLOAT32);
          NDManager scope = torch.scope()) {
        PatchPlan plan =
            PatchPlan.of(
                new ModuleIndex(Map.of(Network.UNET, unet.shapes())),
                "tiny",
                ModelFamily.SDXL,
                List.of(new LoraUse("lora", LoraFile.open(file), 1, 1)));
        assertThat(plan.changes().get(Network.UNET)).hasSameSizeAs(bench.parameters.modules());
        new Patcher(torch, loader, Map.of(Network.UNET, unet)).apply(plan);
        int width = model.unet().config().vectorWidth();
        float[] vectors = bench.captions.vectors(batch.captions(), batch.sizes(), width);
        float[] predicted =
            new UNet(torch, model.unet().config(), unet)
                .predict(
                    Torch.floats(scope, batch.noisy(), 1, 4, 16, 16),
                    Torch.floats(scope, batch.times(), 1),
                    bench.captions.states(batch.captions(), scope),
                    new AddedConditions(
                        Torch.floats(scope, vectors, 1, width),
                        Torch.floats(scope, new float[0], 1, 0)),
                    Residuals.NONE,
                    scope)
                .toFloatArray();
        double sum = 0;
        for (int i = 0; i < predicted.length; i++) {
          sum += Math.pow(predicted[i] - batch.target()[i], 2);
        }

        assertThat(bench.loss(batch))
            .isCloseTo(sum / predicted.length, within(1e-5 * sum / predicted.length));
      }
    }
  }

  @Test
  void loss_ofOneBatch_fallsWhenItIsTrainedOn() {
    for (Path checkpoint : List.of(sd2, sdxl)) {
      ModelFiles model = CheckpointReader.read(checkpoint);
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
    ModelFiles model = CheckpointReader.read(sdxl);
    try (Bench bench = new Bench(model, Fixtures.discs(), SIZE, TrainedModules.LINEAR, false, 1)) {
      Batch batch = bench.batches.at(0);
      int width = model.unet().config().vectorWidth();
      ClipConfig last = model.textEncoders().get(1).config();

      float[] vector = bench.captions.vectors(List.of("a blue disc"), batch.sizes(), width);
      float[] other = bench.captions.vectors(List.of(""), batch.sizes(), width);

      assertThat(batch.sizes().get(0).toString()).contains("originalHeight=64", "targetHeight=128");
      assertThat(vector[0]).isNotEqualTo(other[0]);
      // The first size is 64: its first sine and cosine are of 64 itself.
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

  /** Trains, and draws with what was trained. */
  private LoraFile train(Path checkpoint, LoraTrainerBuilder builder) {
    LoraFile file = LoraFile.open(builder.build().train().file());
    assertThat(file.strays()).isEmpty();
    try (Pipeline pipeline = Pipeline.builder().checkpoint(Checkpoint.open(checkpoint)).build()) {
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
    LoraFile file = train(sdxl, trainer(sdxl, "xl").captionDropout(0.3));

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
    assertThatThrownBy(() -> trainer(sdxl, "a").textEncoder(true).build())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("is SDXL with two text encoders, which are not trained");
    assertThatThrownBy(() -> trainer(sdxl, "a").clipSkip(2).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clipSkip must be 1 for SDXL");
  }

  @Test
  void modules_ofModelsForOtherWork_areRefusedByName() {
    ModelFiles model = CheckpointReader.read(sdxl);
    Checkpoint checkpoint = model.checkpoint();
    AdapterSettings adapter = new AdapterSettings(4, 4, TrainedModules.LINEAR, false);
    Map<String, Checkpoint> others =
        Map.of(
            "is an inpainting model",
            checkpoint.toBuilder().task(Checkpoint.Task.INPAINTING).build(),
            "is a model that edits pictures",
            checkpoint.toBuilder().task(Checkpoint.Task.EDITING).build(),
            "is the refiner of SDXL",
            Checkpoint.builder(sdxl, ModelFamily.SDXL_REFINER).build());

    others.forEach(
        (sentence, other) ->
            assertThatThrownBy(
                    () ->
                        adapter.modules(
                            new ModelFiles(
                                other,
                                model.textEncoders(),
                                model.unet(),
                                model.vae(),
                                model.prediction(),
                                model.levels())))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining(sentence));
  }
}
