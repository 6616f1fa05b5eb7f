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
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.ConditioningSchedule;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.denoise.GuidedCalls;
import dev.sdlora.families.denoise.TransformerPredictor;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.T5;
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
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares whole runs and LoRAs of FLUX.1 and Chroma to diffusers: from single files and diffusers
 * folders, with recorded noise and the models' own schedules.
 */
class Flux1EndToEndTest {
  private static final double TOLERANCE = 2e-4;
  private static final ImageSize SIZE = new ImageSize(64, 64);
  private static final TensorFile GOLDEN = Fixtures.familyGolden("transformer/flux1/golden");
  private static final TensorFile OF_LORAS =
      Fixtures.familyGolden("transformer/flux1/golden_loras");
  private static final TensorFile CHROMA = Fixtures.familyGolden("transformer/chroma/golden");

  @ParameterizedTest
  @CsvSource({"dev, 6, false", "dev, 6, true", "schnell, 4, false"})
  void run_ofFlux1_givesTheGoldenImage(String name, int steps, boolean isFolder) {
    Path file = name.equals("dev") ? TinyTransformers.flux1Dev() : TinyTransformers.flux1Schnell();
    Conditioning text = row(GOLDEN, 0, floats(GOLDEN, "pooled"), 16);
    assertRun(
        isFolder ? TinyTransformers.flux1Folder() : file,
        Fixtures.familyGolden("transformer/flux1/e2e"),
        name,
        Conditions.of(text, text),
        steps,
        1);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void run_ofChroma_givesTheGoldenImage(boolean isFolder) {
    float[] mask = floats(CHROMA, "transformer.mask");
    assertRun(
        isFolder ? TinyTransformers.chromaFolder() : TinyTransformers.chroma(),
        CHROMA,
        "e2e",
        new Conditions(
            List.of(
                new Conditions.Part(
                    ConditioningSchedule.of(row(CHROMA, 0, new float[0], ones(mask, 0))), 1)),
            ConditioningSchedule.of(row(CHROMA, 1, new float[0], ones(mask, 1))),
            Optional.empty(),
            false),
        6,
        3);
  }

  private static int ones(float[] mask, int row) {
    int count = 0;
    for (int i = 0; i < mask.length / 2; i++) {
      count += Math.round(mask[row * mask.length / 2 + i]);
    }
    return count;
  }

  private static Conditioning row(TensorFile golden, int row, float[] pooled, int tokens) {
    float[] states = floats(golden, "context");
    int length = states.length / 2;
    int width = length / 16;
    return new Conditioning(
        Arrays.copyOfRange(states, row * length, row * length + tokens * width),
        tokens,
        width,
        Arrays.copyOfRange(pooled, row * pooled.length / 2, (row + 1) * pooled.length / 2));
  }

  private static void assertRun(
      Path path, TensorFile runs, String name, Conditions conditions, int steps, double cfg) {
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
              new Guidance(
                      predictor,
                      conditions,
                      new GuidanceOptions(Prediction.FLOW, cfg, 0, 0, GuidedCalls.ALL, 1))
                  .start(),
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
    "lora_kohya, 0.8",
    "lora_peft, 0.8",
    "lora_aitoolkit, 0.8",
    "lora_kohya_split, 0.8",
    "lora_onetrainer, 0.8",
    "lora_xlabs, 0.8",
    "lokr_bfl, 0.8",
    "lokr_simpletuner, 0.8",
    "dora_onetrainer, 1.0",
    "lora_bfl_control, 1.0",
    "lora_bfl_control, 0.8"
  })
  void lora_inAnyLayout_givesTheGoldenPatchedAndOverlaid(String name, String strength) {
    Path file = TinyTransformers.flux1Loras().resolve(name + ".safetensors");
    float[] golden =
        OF_LORAS.find(name + ".out" + strength).isPresent()
            ? floats(OF_LORAS, name + ".out" + strength)
            : floats(
                GOLDEN, name.equals("lora_bfl_control") ? name + ".out" + strength : "lora.out");
    try (Networks networks = open(TinyTransformers.flux1Dev())) {
      Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
      networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
      double factor = Double.parseDouble(strength);
      PatchPlan.Matched matched =
          PatchPlan.match(
              networks.family().layers(shapes),
              "tiny",
              networks.family().name(),
              List.of(new LoraUse(name, LoraFile.open(file), factor, factor)));
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

  @ParameterizedTest
  @CsvSource({"lora_kohya_te", "lora_onetrainer_te"})
  void lora_ofTextEncoders_givesTheGoldenStates(String name) {
    TensorFile ids = Fixtures.familyGolden("transformer/flux1/ids");
    Path file = TinyTransformers.flux1Loras().resolve(name + ".safetensors");
    try (Networks networks = open(TinyTransformers.flux1Dev());
        NDManager scope = networks.torch().scope()) {
      Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
      networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
      new Patcher(networks.torch(), networks.loader(), networks.patchable())
          .apply(
              PatchPlan.match(
                      networks.family().layers(shapes),
                      "tiny",
                      networks.family().name(),
                      List.of(new LoraUse(name, LoraFile.open(file), 0.8, 0.8)))
                  .plan());
      int[][] clip = {row(ids, "clip.ids", 0), row(ids, "clip.ids", 1)};
      TextEncoder.Encoded encoded =
          ((TextEncoder) networks.encoders().get(0)).encode(clip, 1, scope);
      assertCloseToScale(
          encoded.pooled().orElseThrow().toFloatArray(),
          floats(OF_LORAS, "te.clip_l.pooled0.8"),
          2e-5);
      float[] states = floats(OF_LORAS, "te.t5.states0.8");
      for (int i = 0; i < 2; i++) {
        int[] row = row(ids, "t5.ids", i);
        int length = states.length / 2;
        assertCloseToScale(
            ((T5) networks.encoders().get(1)).states(row, row.length, scope).toFloatArray(),
            Arrays.copyOfRange(states, i * length, (i + 1) * length),
            2e-5);
      }
    }
  }

  private static int[] row(TensorFile file, String name, int row) {
    float[] all = floats(file, name);
    int[] ids = new int[all.length / 2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.round(all[row * ids.length + i]);
    }
    return ids;
  }

  private static float[] predict(Networks networks, DiffusionTransformer network) {
    try (NDManager scope = networks.torch().scope()) {
      float sigma = floats(GOLDEN, "dev.a.sigma")[0];
      float guidance = floats(GOLDEN, "dev.a.guidance")[0];
      return network
          .predict(
              new DiffusionTransformer.Input(
                  tensor("dev.a.sample", scope),
                  Torch.floats(scope, new float[] {sigma, sigma}, 2),
                  tensor("context", scope),
                  List.of(),
                  List.of(),
                  new AddedConditions(
                      tensor("pooled", scope),
                      Torch.floats(scope, new float[] {guidance, guidance}, 2, 1))),
              scope)
          .toFloatArray();
    }
  }

  private static NDArray tensor(String name, NDManager scope) {
    return Torch.floats(scope, floats(GOLDEN, name), shape(GOLDEN, name));
  }
}
