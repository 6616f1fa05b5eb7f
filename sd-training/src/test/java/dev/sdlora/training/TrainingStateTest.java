package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.Transformers;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.family.UNetTraining;
import dev.sdlora.training.family.UntrainableException;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.recipe.AdapterSettings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStateTest {
  @TempDir private Path folder;

  private Settings settings() {
    return new Assembly(
            Fixtures.trainer(folder.resolve("out.safetensors")).textEncoder(true).batchSize(2))
        .settings();
  }

  private static TrainingState state(Torch torch, Settings settings, PreparedData data) {
    return new TrainingState(torch, settings.recipe(), TrainingParts.of(torch, settings, data));
  }

  /** A step, a save and a load free all native memory that they allocate. */
  @Tag("slow")
  @Test
  void everyOperation_done_leavesAsManyNativeArrays() {
    Settings settings = settings();
    PreparedData data = PreparedData.of(settings, () -> false);
    Path state = folder.resolve("state.safetensors");
    try (Torch torch = Torch.open("cpu")) {
      TrainingState training = state(torch, settings, data);
      int arrays = torch.liveArrays();

      training.step();
      assertThat(torch.liveArrays()).isEqualTo(arrays);
      training.save(state, Map.of());
      assertThat(torch.liveArrays()).isEqualTo(arrays);
      training.step();
      training.resume(state, Map.of());
      assertThat(torch.liveArrays()).isEqualTo(arrays);
      assertThat(training.losses().count()).isEqualTo(1);
    }
  }

  /** Weights are read one by one and copied; only the copies stay. */
  @Test
  void trainee_new_holdsWeightsFactorsAveragesAndSizes() {
    Settings settings = settings();
    PreparedData data = PreparedData.of(settings, () -> false);
    try (Torch torch = Torch.open("cpu")) {
      int modules = settings.family().modules(settings.adapter(), 1).size();
      int weights =
          settings.family().model().patchable().values().stream().mapToInt(Map::size).sum();
      state(torch, settings, data);

      // For each factor, the factor itself, two averages and a step count; two tensors with
      // dimensions and one with the dtype.
      assertThat(torch.liveArrays()).isEqualTo(weights + 2 * modules * 4 + 3);
    }
  }

  @Test
  void modules_checkpointWithoutTransformers_isRefused() {
    UNetFiles model = (UNetFiles) settings().family().model();
    UNetConfig unet = model.unet().config();
    UNetConfig bare =
        new UNetConfig(
            unet.inChannels(),
            unet.outChannels(),
            unet.channels(),
            unet.layers(),
            Transformers.ofLevels(unet.layers(), Collections.nCopies(unet.levels(), 0), 0),
            unet.heads(),
            unet.contextWidth(),
            false,
            0,
            0);
    UNetFiles files = with(model, bare, Prediction.EPSILON);
    AdapterSettings adapter =
        new AdapterSettings(4, 4, TrainedModules.ATTENTION, true, AdapterOptions.DEFAULTS);

    assertThatThrownBy(() -> new UNetTraining(files, "cpu").modules(adapter, 1))
        .isInstanceOf(UntrainableException.class)
        .hasMessage(
            "checkpoint '%s' has no layers to train: no layer of its U-Net belongs to modules"
                + " ATTENTION, expected attention inside transformers",
            Fixtures.CHECKPOINT);
  }

  @Test
  void modules_modelOfAnyNoiseLevel_isRefused() {
    Settings settings = settings();
    UNetFiles model = (UNetFiles) settings.family().model();
    UNetFiles files = with(model, model.unet().config(), Prediction.EDM);

    assertThatThrownBy(() -> new UNetTraining(files, "cpu").modules(settings.adapter(), 1))
        .isInstanceOf(UntrainableException.class)
        .hasMessageContaining("was trained on a continuous range of noise levels (EDM)");
  }

  private static UNetFiles with(UNetFiles model, UNetConfig unet, Prediction prediction) {
    return new UNetFiles(
        model.checkpoint(),
        model.textEncoders(),
        new ModelFiles.Part<>(unet, model.unet().weights()),
        model.vae(),
        prediction,
        model.levels());
  }
}
