package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.family.UNetTraining;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.setting.TrainingSettings;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.Bench;
import dev.sdlora.training.step.TrainedNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sliders trained on prompts, without images. */
@Timeout(600)
class SliderTrainingTest {
  private static final SliderPrompts PROMPTS =
      SliderPrompts.of("a disc", "a red disc", "a blue disc");

  @TempDir private Path folder;

  private Path output(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private LoraTrainerBuilder trainer(String name) {
    return LoraTrainer.builder()
        .checkpoint(Fixtures.CHECKPOINT)
        .slider(PROMPTS)
        .output(output(name))
        .name("slider")
        .size(Fixtures.SIZE)
        .rank(4)
        .learningRate(5e-3)
        .steps(4)
        .clock(Fixtures.CLOCK);
  }

  @Test
  void train_prompts_writesALoraThatSaysThem() {
    TrainingResult result = trainer("a").build().train();

    assertThat(result.steps()).isEqualTo(4);
    assertThat(LoraFile.open(output("a")).strays()).isEmpty();
    assertThat(TensorFile.open(output("a")).metadata())
        .containsEntry("ss_num_train_images", "0")
        .containsEntry(
            "ss_training_comment",
            "slider of 'a disc': positive 'a red disc', negative 'a blue disc', guidance 4.0");
  }

  @Test
  void loss_ofOneBatch_fallsForItsOwnStrengthsOnly() {
    UNetTraining family = new UNetTraining(Bench.MODEL, "cpu");
    SliderTraining slider = new SliderTraining(PROMPTS);
    try (Torch torch = Torch.open("cpu")) {
      Settings settings = new Assembly(trainer("a")).settings();
      PreparedData data = slider.prepared(settings);
      TrainedNetworks networks = family.networks(torch, data.captions(), settings.recipe());
      Batch batch = slider.batches(settings, networks).at(9);
      AdapterParameters parameters =
          new AdapterParameters(
              torch,
              family.modules(settings.adapter(), 1),
              settings.adapter().options(),
              networks.weights(),
              3);
      AdamW optimiser = new AdamW(torch, parameters.weights(), new AdamW.Settings(0.999, 0, 1));
      double before = loss(networks, parameters, batch, torch);
      for (int i = 0; i < 20; i++) {
        try (NDManager scope = torch.scope()) {
          Map<String, NDArray> tensors = parameters.tensors(batch.strengths(), 1, scope);
          optimiser.step(networks.gradients(batch, tensors, scope), 5e-3);
        }
      }
      assertThat(loss(networks, parameters, batch, torch)).isLessThan(0.3 * before);
      for (int i = 0; i < batch.strengths().length; i++) {
        batch.strengths()[i] = -batch.strengths()[i];
      }
      assertThat(loss(networks, parameters, batch, torch)).isGreaterThan(2 * before);
    }
  }

  private static double loss(
      TrainedNetworks networks, AdapterParameters parameters, Batch batch, Torch torch) {
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> tensors = parameters.tensors(batch.strengths(), 1, scope);
      NDArray loss = networks.gradients(batch, tensors, scope).get(TrainedNetworks.LOSS);
      return Objects.requireNonNull(loss).getFloat();
    }
  }

  @Test
  void build_noStepsGiven_fiveHundred() {
    LoraTrainer trainer =
        LoraTrainer.builder()
            .checkpoint(Fixtures.CHECKPOINT)
            .slider(PROMPTS)
            .output(output("a"))
            .build();
    assertThat(trainer.steps()).isEqualTo(500);
  }

  @Test
  void recommended_prompts_lacksOnlyAnOutput() {
    LoraTrainerBuilder recommended = LoraTrainer.recommended(Fixtures.CHECKPOINT, PROMPTS);

    assertThat(recommended.output(output("a")).build().steps()).isEqualTo(500);
    assertThat(recommended.get(TrainingSettings.RANK)).isEqualTo(8);
    assertThat(recommended.find(TrainingSettings.MIN_SNR_GAMMA)).hasValue(5.0);
  }

  @Test
  @Tag("slow")
  void train_cancelledAndResumed_givesTheSameBytesAsInOneGo() throws IOException {
    UnaryOperator<LoraTrainerBuilder> course =
        builder -> builder.batchSize(2).steps(6).slider(PROMPTS.keeping(List.of("flat", "grey")));
    TrainingResult stopped =
        ResumeTest.trainWith(course.apply(trainer("a")), 4, LoraTrainer::cancel);
    assertThat(stopped.steps()).isEqualTo(4);
    course.apply(trainer("a")).resume(true).build().train();
    course.apply(trainer("b")).build().train();

    assertThat(Files.readAllBytes(output("a"))).isEqualTo(Files.readAllBytes(output("b")));
  }

  @Test
  @Tag("slow")
  void train_stateOfOtherPrompts_isRefused() {
    ResumeTest.trainWith(trainer("a"), 2, LoraTrainer::cancel);

    assertThatThrownBy(
            () -> trainer("a").slider(PROMPTS.withGuidance(3)).resume(true).build().train())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("was made with slider ")
        .hasMessageContaining("guidance=4.0")
        .hasMessageContaining("guidance=3.0");
  }

  @Test
  @Tag("slow")
  void train_velocityAndSizes_writesALora() {
    for (Path checkpoint :
        List.of(
            Fixtures.withWholeVocabulary(TinyFamilies.sd2(), output("sd2")),
            Fixtures.withWholeVocabulary(TinyFamilies.sdxl(), output("sdxl")))) {
      TrainingResult result = trainer("a").checkpoint(checkpoint).steps(2).build().train();
      assertThat(result.lastLoss()).isPositive();
      assertThat(LoraFile.open(output("a")).modules()).isNotEmpty();
    }
  }

  @Test
  void predict_aBatch_isThePredictionOfTheUNet() {
    try (Bench bench = new Bench(Fixtures.discs(), Fixtures.SIZE, TrainedModules.LINEAR, false, 2);
        Torch torch = Torch.open("cpu");
        LiveWeights weights =
            LiveWeights.load(
                torch, new TensorLoader(torch), Bench.MODEL.unet().weights(), ScalarType.FLOAT32)) {
      Batch batch = bench.batches.at(0);
      float[] predicted = bench.networks.predict(batch);

      NDManager scope = torch.manager();
      NDArray expected =
          new UNet(torch, Bench.MODEL.unet().config(), weights)
              .predict(
                  Torch.floats(scope, batch.noisy(), 2, 4, 8, 8),
                  Torch.floats(scope, batch.times(), 2),
                  bench.captions.states(batch.captions(), scope),
                  scope);
      assertThat(predicted).containsExactly(expected.toFloatArray(), within(1e-5f));
      assertThat(Arrays.equals(predicted, batch.noisy())).isFalse();
    }
  }

  @Test
  void build_settingsOfImages_areRefused() {
    assertRefused("images", builder -> builder.trainingSet(Fixtures.discs()));
    assertRefused("epochs", builder -> builder.epochs(2));
    assertRefused("triggerWord", builder -> builder.triggerWord("disc"));
    assertRefused("noiseOffset", builder -> builder.noiseOffset(0.1));
    assertRefused("flips", builder -> builder.flips(true));
    assertRefused(
        "captions", builder -> builder.captions(CaptionOptions.DEFAULTS.withDropout(0.1)));
  }

  private void assertRefused(String setting, UnaryOperator<LoraTrainerBuilder> change) {
    assertThatThrownBy(() -> change.apply(trainer("a")).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(setting + " must not be set for a slider, which has no images");
  }

  @Test
  void build_textEncoder_isRefused() {
    assertThatThrownBy(() -> trainer("a").textEncoder(true).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("textEncoder must be false for a slider");
  }

  @Test
  void build_otherTimesteps_areRefused() {
    assertThatThrownBy(() -> trainer("a").timesteps(TimestepSampling.logitNormal(0, 1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("timesteps must not be set for a slider");
  }

  @Test
  void prompts_samePositiveAndNegative_areRefused() {
    assertThatThrownBy(() -> SliderPrompts.of("a disc", "red", "red "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("positive must differ from the negative prompt");
  }

  @Test
  void build_aPlaceWithoutKeptWords_isRefused() {
    SliderPrompts prompts = SliderPrompts.of("a {}", "a red {}", "a blue {}");
    assertThatThrownBy(() -> trainer("a").slider(prompts).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("kept must have words for the {} in the slider's prompts");
  }
}
