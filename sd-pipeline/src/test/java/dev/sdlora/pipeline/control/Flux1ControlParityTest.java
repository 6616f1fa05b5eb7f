package dev.sdlora.pipeline.control;

import static dev.sdlora.tensorkit.GoldenTensors.doubles;
import static dev.sdlora.tensorkit.GoldenTensors.floats;
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
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.ConcatConditioning;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.denoise.GuidedCalls;
import dev.sdlora.families.denoise.TransformerPredictor;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.ControlInput;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Flux1Copies;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares FLUX.1 with further inputs, and the control LoRA that adds them, to a reference. */
class Flux1ControlParityTest {
  private static final double TOLERANCE = 2e-5;
  private static final TensorFile GOLDEN = Fixtures.familyGolden("transformer/flux1/golden");
  private static final TensorFile CONTROL = Fixtures.familyGolden("transformer/flux1/control");
  private static final int TOKENS = 16;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"control", "fill"})
  void predict_withFurtherInputs_givesTheReference(String name) throws IOException {
    try (Networks networks = open(model(name))) {
      float[] latent = floats(CONTROL, name + ".latent");
      float[] further = name.equals("fill") ? joined(latent, floats(CONTROL, "fill.mask")) : latent;
      DiffusionTransformer network = (DiffusionTransformer) networks.denoiser();
      assertCloseToScale(
          predict(networks, network, further, 30), floats(CONTROL, name + ".out"), TOLERANCE);
    }
  }

  @Test
  void run_withControl_givesTheReference() throws IOException {
    ImageSize size = new ImageSize(96, 64);
    try (Networks networks = open(model("control"));
        NDManager scope = networks.torch().scope()) {
      NoiseLevels levels = networks.family().levels(false, size);
      SamplingPlan plan =
          SamplingPlan.of(
              new SamplingSettings(Sampler.EULER, Schedule.AUTOMATIC, 6),
              levels,
              networks.family().name());
      double[] sigmas = doubles(CONTROL, "run.sigmas");
      for (int i = 0; i < sigmas.length; i++) {
        assertThat(plan.sigmas().at(i)).isCloseTo(sigmas[i], within(1e-7));
      }
      float[] states = first(floats(GOLDEN, "context"));
      Conditioning text =
          new Conditioning(states, TOKENS, states.length / TOKENS, first(floats(GOLDEN, "pooled")));
      TransformerPredictor network =
          new TransformerPredictor((DiffusionTransformer) networks.denoiser(), List.of());
      float[] latent =
          plan.run(
              new Guidance(
                      networks
                          .family()
                          .denoiser(
                              new ConcatConditioning(network, floats(CONTROL, "control.latent")),
                              levels,
                              PromptSpec.builder().distilledGuidance(30).build(),
                              size,
                              2,
                              scope),
                      Conditions.of(text, text),
                      new GuidanceOptions(Prediction.FLOW, 1, 0, 0, GuidedCalls.ALL, 1))
                  .start(),
              floats(CONTROL, "run.noise"),
              count -> {
                throw new AssertionError("Euler draws no noise");
              },
              StepObserver.NONE);
      assertCloseToScale(latent, floats(CONTROL, "run.latent"), 2e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({"1.0, false", "1.0, true", "0.8, false", "0.8, true"})
  void lora_thatWidensTheInput_givesTheReference(String strength, boolean isOverlaid) {
    Path file = Flux1Copies.controlLora(folder, "depth", floats(CONTROL, "lora.columns"));
    float[] golden = floats(CONTROL, "lora.out" + strength);
    try (Networks networks = open(TinyTransformers.flux1Dev())) {
      Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
      networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
      double factor = Double.parseDouble(strength);
      PatchPlan.Matched matched =
          PatchPlan.match(
              networks.family().layers(shapes),
              "tiny",
              networks.family().name(),
              List.of(new LoraUse("depth", LoraFile.open(file), factor, factor)));
      assertThat(matched.matches().get(0).unmatched()).isEmpty();
      PatchPlan plan = matched.plan();
      PatchPlan patched =
          isOverlaid
              ? plan.where((weight, change) -> !Overlays.canOverlay(weight, change))
              : plan.ofWeights();
      PatchPlan overlaid = isOverlaid ? plan.where(Overlays::canOverlay) : plan.ofAddedWeights();
      new Patcher(networks.torch(), networks.loader(), networks.patchable()).apply(patched);
      shapes.computeIfPresent(Network.UNET, (network, weights) -> ControlInput.with(weights));
      DiffusionTransformer network = (DiffusionTransformer) networks.denoiser();
      try (Overlay overlay =
          new Overlays(networks.torch()).open(List.of(overlaid), shapes, ScalarType.FLOAT32)) {
        Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(Network.UNET));
        all.putAll(network.weights().entries());
        try (TensorDict dict = TensorDict.of(all)) {
          float[] control = floats(CONTROL, "control.latent");
          assertCloseToScale(
              predict(networks, network.reading(() -> dict), control, 10), golden, TOLERANCE);
        }
      }
    }
  }

  /** Writes a model with the further columns of a case. */
  private Path model(String name) throws IOException {
    Path dev = Flux1Copies.copied(folder, "dev");
    return Flux1Copies.widened(dev, "flux1-" + name, floats(CONTROL, name + ".columns"));
  }

  private static Networks open(Path path) {
    return Networks.load(
        CheckpointReader.open(path, CheckpointParts.DEFAULT), Precision.FLOAT32, "cpu");
  }

  private static float[] predict(
      Networks networks, DiffusionTransformer network, float[] further, float guidance) {
    try (NDManager scope = networks.torch().scope()) {
      float[] latent = joined(floats(CONTROL, "sample"), further);
      float[] states = first(floats(GOLDEN, "context"));
      float[] pooled = first(floats(GOLDEN, "pooled"));
      return network
          .predict(
              new DiffusionTransformer.Input(
                  Torch.floats(scope, latent, 1, latent.length / 96, 8, 12),
                  Torch.floats(scope, floats(CONTROL, "sigma"), 1),
                  Torch.floats(scope, states, 1, TOKENS, states.length / TOKENS),
                  List.of(),
                  List.of(),
                  new AddedConditions(
                      Torch.floats(scope, pooled, 1, pooled.length),
                      Torch.floats(scope, new float[] {guidance}, 1, 1))),
              scope)
          .toFloatArray();
    }
  }

  private static float[] first(float[] two) {
    return Arrays.copyOf(two, two.length / 2);
  }

  private static float[] joined(float[] one, float[] other) {
    float[] joined = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, joined, one.length, other.length);
    return joined;
  }
}
