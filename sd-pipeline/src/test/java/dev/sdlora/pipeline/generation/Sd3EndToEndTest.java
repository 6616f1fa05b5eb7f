package dev.sdlora.pipeline.generation;

import static dev.sdlora.tensorkit.GoldenTensors.doubles;
import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.denoise.GuidedCalls;
import dev.sdlora.families.denoise.LayerSkipping;
import dev.sdlora.families.denoise.TransformerPredictor;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.plan.SamplingPlan;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares whole runs and LoRAs of Stable Diffusion 3 and 3.5 to diffusers: from single files and
 * diffusers folders, with recorded noise.
 */
class Sd3EndToEndTest {
  private static final double TOLERANCE = 2e-4;
  private static final ImageSize SIZE = new ImageSize(64, 64);
  private static final TensorFile GOLDEN = Fixtures.familyGolden("transformer/sd3/golden");
  private static final TensorFile OF_LORAS = Fixtures.familyGolden("transformer/sd3/golden_loras");
  private static final TensorFile SKIPPED = Fixtures.familyGolden("transformer/sd3/skipped");
  private static final int TOKENS = 93;

  @ParameterizedTest
  @CsvSource({"sd3, 5, false", "sd35, 4.5, false", "sd35, 4.5, true"})
  void run_fromNoise_givesTheGoldenImage(String name, double cfg, boolean isFolder) {
    Path file = name.equals("sd3") ? TinyTransformers.sd3Medium() : TinyTransformers.sd35Medium();
    assertRun(
        isFolder ? TinyTransformers.sd35Folder() : file,
        Fixtures.familyGolden("transformer/sd3/e2e"),
        name,
        Conditions.of(row(0), row(1)),
        8,
        new GuidanceOptions(Prediction.FLOW, cfg, 0, 0, GuidedCalls.ALL, 1));
  }

  @Test
  void run_withSkipLayerGuidance_givesTheGoldenImage() {
    LayerSkipping skipping =
        new LayerSkipping(List.of(0), 2.8, GuidanceRange.ofSteps(0.01, 0.5), 6);
    assertRun(
        TinyTransformers.sd35Medium(),
        SKIPPED,
        "skip",
        Conditions.of(row(0), row(1)),
        6,
        new GuidanceOptions(Prediction.FLOW, 4.5, 0, 0, GuidedCalls.ALL, 1, skipping));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void predict_withoutABlock_isThatOfDiffusers(int block) {
    try (Networks networks = open(TinyTransformers.sd35Medium())) {
      float[] found = predict(networks, (DiffusionTransformer) networks.denoiser(), List.of(block));
      assertCloseToScale(found, floats(SKIPPED, "sd35.a.without" + block), 2e-5);
    }
  }

  private static Conditioning row(int row) {
    float[] states = floats(GOLDEN, "context");
    float[] pooled = floats(GOLDEN, "pooled");
    int length = states.length / 2;
    return new Conditioning(
        Arrays.copyOfRange(states, row * length, (row + 1) * length),
        TOKENS,
        length / TOKENS,
        Arrays.copyOfRange(pooled, row * pooled.length / 2, (row + 1) * pooled.length / 2));
  }

  private static void assertRun(
      Path path,
      TensorFile runs,
      String name,
      Conditions conditions,
      int steps,
      GuidanceOptions guidance) {
    try (Networks networks = open(path);
        NDManager scope = networks.torch().scope()) {
      NoiseLevels levels = networks.family().levels(false, SIZE);
      SamplingPlan plan =
          SamplingPlan.of(
              new SamplingSettings(Sampler.EULER, Schedule.AUTOMATIC, steps),
              levels,
              networks.family().name());
      double[] sigmas = doubles(runs, name + ".sigmas");
      assertThat(plan.sigmas().steps()).isEqualTo(sigmas.length - 1);
      for (int i = 0; i < sigmas.length; i++) {
        assertThat(plan.sigmas().at(i)).isCloseTo(sigmas[i], within(1e-7));
      }
      BatchedPredictor predictor =
          networks
              .family()
              .denoiser(
                  new TransformerPredictor((DiffusionTransformer) networks.denoiser(), List.of()),
                  levels,
                  PromptSpec.builder().build(),
                  SIZE,
                  2,
                  scope);
      float[] latent =
          plan.run(
              new Guidance(predictor, conditions, guidance).start(),
              floats(runs, name + ".noise"),
              count -> {
                throw new AssertionError("Euler draws no noise");
              },
              StepObserver.NONE);
      assertCloseToScale(latent, floats(runs, name + ".latent"), TOLERANCE);
      assertCloseToScale(
          networks.vae().decode(latent, SIZE, scope), floats(runs, name + ".image"), TOLERANCE);
    }
  }

  private static Networks open(Path path) {
    return Networks.load(
        CheckpointReader.open(path, CheckpointParts.DEFAULT), Precision.FLOAT32, "cpu");
  }

  @ParameterizedTest
  @CsvSource({
    "lora_kohya, lora",
    "lora_peft, lora",
    "lora_base_model, lora",
    "lora_onetrainer, lora",
    "lokr_simpletuner, lokr_simpletuner",
    "lora_outer, lora_outer"
  })
  void lora_inAnyLayout_givesTheGoldenPatchedAndOverlaid(String name, String effect) {
    Path file = TinyTransformers.sd3Loras().resolve(name + ".safetensors");
    float[] golden = floats(OF_LORAS, effect + ".out0.8");
    try (Networks networks = open(TinyTransformers.sd35Medium())) {
      Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
      networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
      PatchPlan.Matched matched =
          PatchPlan.match(
              networks.family().layers(shapes),
              "tiny",
              networks.family().name(),
              List.of(new LoraUse(name, LoraFile.open(file), 0.8, 0.8)));
      assertThat(matched.matches().get(0).unmatched()).isEmpty();
      PatchPlan plan = matched.plan();
      Patcher patcher = new Patcher(networks.torch(), networks.loader(), networks.patchable());
      DiffusionTransformer network = (DiffusionTransformer) networks.denoiser();
      patcher.apply(plan);
      assertCloseToScale(predict(networks, network), golden, 2e-5);
      patcher.restore();
      patcher.apply(plan.where((weight, change) -> !Overlays.canOverlay(weight, change)));
      try (Overlay overlay =
          new Overlays(networks.torch())
              .open(List.of(plan.where(Overlays::canOverlay)), shapes, ScalarType.FLOAT32)) {
        Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(Network.UNET));
        all.putAll(network.weights().entries());
        try (TensorDict dict = TensorDict.of(all)) {
          assertCloseToScale(predict(networks, network.reading(() -> dict)), golden, 2e-5);
        }
      }
    }
  }

  private static float[] predict(Networks networks, DiffusionTransformer network) {
    return predict(networks, network, List.of());
  }

  private static float[] predict(
      Networks networks, DiffusionTransformer network, List<Integer> skipped) {
    try (NDManager scope = networks.torch().scope()) {
      return network
          .predict(
              new DiffusionTransformer.Input(
                  tensor("sd35.a.sample", scope),
                  tensor("sd35.a.timestep", scope).div(1000),
                  tensor("context", scope),
                  List.of(),
                  List.of(),
                  new AddedConditions(
                      tensor("pooled", scope), Torch.floats(scope, new float[0], 2, 0)),
                  skipped),
              scope)
          .toFloatArray();
    }
  }

  private static NDArray tensor(String name, NDManager scope) {
    return Torch.floats(scope, floats(GOLDEN, name), shape(GOLDEN, name));
  }
}
