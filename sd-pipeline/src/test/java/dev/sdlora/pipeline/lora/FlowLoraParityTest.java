package dev.sdlora.pipeline.lora;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Precision;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares LoRAs on FLUX.2 klein and Z-Image, in all layouts of files, to diffusers. */
class FlowLoraParityTest {
  private static final double STRENGTH = 0.8;

  private static final Map<Model, Loaded> LOADED = new EnumMap<>(Model.class);

  private enum Model {
    FLUX2,
    Z_IMAGE;

    Path checkpoint() {
      return this == FLUX2 ? TinyTransformers.klein() : TinyTransformers.zImageTurbo();
    }

    List<String> loras() {
      return this == FLUX2 ? TinyTransformers.KLEIN_LORAS : TinyTransformers.Z_IMAGE_LORAS;
    }

    Path folder() {
      return this == FLUX2 ? TinyTransformers.kleinLoras() : TinyTransformers.zImageLoras();
    }

    TensorFile golden() {
      return Fixtures.familyGolden(
          this == FLUX2 ? "transformer/flux2/golden" : "transformer/zimage/golden");
    }

    /** The name of the golden with the output of a LoRA. */
    String golden(String lora) {
      if (lora.startsWith("lora_outer")) {
        return "lora_outer";
      }
      return lora.startsWith("lokr") || lora.equals("lora_kohya_sparse") ? lora : "lora";
    }
  }

  /** The networks of a model and the output of case a without LoRAs. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Loaded(
      Model model,
      Networks networks,
      Patcher patcher,
      Map<Network, Map<String, List<Long>>> shapes,
      float[] plain) {
    static Loaded of(Model model) {
      Networks networks =
          Networks.load(
              CheckpointReader.open(model.checkpoint(), CheckpointParts.DEFAULT),
              Precision.FLOAT32,
              "cpu");
      Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
      networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
      return new Loaded(
          model,
          networks,
          new Patcher(networks.torch(), networks.loader(), networks.patchable()),
          shapes,
          predict(model, networks, (DiffusionTransformer) networks.denoiser()));
    }

    Matched plan(double strength, String... names) {
      List<LoraUse> uses = new ArrayList<>();
      for (String name : names) {
        LoraFile file = LoraFile.open(model.folder().resolve(name + ".safetensors"));
        uses.add(new LoraUse(name, file, strength, strength));
      }
      return PatchPlan.match(
          networks.family().layers(shapes), "tiny", networks.family().name(), uses);
    }

    float[] predict() {
      return predict((DiffusionTransformer) networks.denoiser());
    }

    float[] predict(DiffusionTransformer network) {
      return predict(model, networks, network);
    }

    private static float[] predict(Model model, Networks networks, DiffusionTransformer network) {
      TensorFile golden = model.golden();
      try (NDManager scope = networks.torch().scope()) {
        float sigma = floats(golden, "a.sigma")[0];
        NDArray latents =
            Torch.floats(scope, floats(golden, "a.sample"), shape(golden, "a.sample"));
        NDArray sigmas = Torch.floats(scope, new float[] {sigma, sigma}, 2);
        if (model == Model.FLUX2) {
          NDArray context =
              Torch.floats(scope, floats(golden, "context"), shape(golden, "context"));
          return network
              .predict(
                  new DiffusionTransformer.Input(latents, sigmas, context, List.of(), List.of()),
                  scope)
              .toFloatArray();
        }
        NDArray first =
            Torch.floats(scope, floats(golden, "text0.context"), shape(golden, "text0.context"));
        NDArray second =
            Torch.floats(scope, floats(golden, "text1.context"), shape(golden, "text1.context"));
        NDArray filled = second.concat(scope.zeros(new Shape(5, second.getShape().get(1))));
        NDArray context = NDArrays.stack(new NDList(first, filled));
        return network
            .predict(
                new DiffusionTransformer.Input(latents, sigmas, context, List.of(13, 8), List.of()),
                scope)
            .neg()
            .toFloatArray();
      }
    }

    /** Predicts with the low-rank changes of LoRAs next to the weights and the others in them. */
    float[] overlaid(PatchPlan plan) {
      patcher.apply(plan.where((weight, change) -> !Overlays.canOverlay(weight, change)));
      List<PatchPlan> beside = List.of(plan.where(Overlays::canOverlay));
      Overlays overlays = new Overlays(networks.torch());
      LiveWeights weights = networks.denoiser().weights();
      try (Overlay overlay = overlays.open(beside, shapes, ScalarType.FLOAT32)) {
        Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(Network.UNET));
        all.putAll(weights.entries());
        try (TensorDict dict = TensorDict.of(all)) {
          return predict((DiffusionTransformer) networks.denoiser().reading(() -> dict));
        }
      } finally {
        patcher.restore();
      }
    }

    void assertGolden(float[] actual, String golden) {
      assertCloseToScale(actual, floats(model.golden(), golden + ".out0.8"), 2e-5);
    }

    /** Returns the bytes of all weights that LoRAs can change. */
    Map<String, float[]> bits() {
      Map<String, float[]> bits = new LinkedHashMap<>();
      networks
          .patchable()
          .forEach(
              (network, weights) ->
                  shapes
                      .getOrDefault(network, Map.of())
                      .keySet()
                      .forEach(name -> bits.put(network + " " + name, weights.values(name))));
      return bits;
    }
  }

  @BeforeAll
  static void load() {
    for (Model model : Model.values()) {
      LOADED.put(model, Loaded.of(model));
    }
  }

  @AfterAll
  static void close() {
    LOADED.values().forEach(loaded -> loaded.networks.close());
  }

  private static Loaded loaded(Model model) {
    return Objects.requireNonNull(LOADED.get(model));
  }

  static Stream<Arguments> files() {
    return Stream.of(Model.values())
        .flatMap(model -> model.loras().stream().map(name -> Arguments.of(model, name)));
  }

  @ParameterizedTest
  @MethodSource("files")
  void patch_anyFile_givesTheGoldenAndComesOff(Model model, String name) {
    Loaded loaded = loaded(model);
    Matched plan = loaded.plan(STRENGTH, name);
    assertThat(plan.matches())
        .singleElement()
        .satisfies(match -> assertThat(match.unmatched()).isEmpty());
    loaded.patcher.apply(plan.plan());
    loaded.assertGolden(loaded.predict(), model.golden(name));
    loaded.patcher.restore();
    assertThat(loaded.predict()).isEqualTo(loaded.plain);
  }

  @ParameterizedTest
  @MethodSource("files")
  void overlay_anyFile_givesTheGoldenAndComesOff(Model model, String name) {
    Loaded loaded = loaded(model);
    int arrays = loaded.networks.torch().liveArrays();
    loaded.assertGolden(loaded.overlaid(loaded.plan(STRENGTH, name).plan()), model.golden(name));
    assertThat(loaded.predict()).isEqualTo(loaded.plain);
    assertThat(loaded.networks.torch().liveArrays()).isEqualTo(arrays);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void restore_afterAllFiles_leavesTheBytesOfAllWeights(Model model) {
    Loaded loaded = loaded(model);
    final Map<String, float[]> before = loaded.bits();
    loaded.patcher.apply(loaded.plan(STRENGTH, model.loras().toArray(String[]::new)).plan());
    loaded.patcher.restore();
    loaded
        .bits()
        .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
  }

  /** Layers in blocks and outside of them are changed at once, and one layer by two files. */
  @ParameterizedTest
  @EnumSource(Model.class)
  void apply_twoFiles_agreeInBothModesAndAddUp(Model model) {
    Loaded loaded = loaded(model);
    String outer = model == Model.FLUX2 ? "lora_outer_bfl" : "lora_outer";
    Matched two = loaded.plan(STRENGTH, "lora_aitoolkit", outer);
    loaded.patcher.apply(two.plan());
    float[] patched = loaded.predict();
    assertCloseToScale(loaded.overlaid(two.plan()), patched, 2e-5);
    assertThat(patched).isNotEqualTo(floats(model.golden(), "lora.out0.8"));

    Matched twice = loaded.plan(STRENGTH / 2, "lora_kohya", "lora_peft");
    loaded.patcher.apply(twice.plan());
    loaded.assertGolden(loaded.predict(), "lora");
    loaded.assertGolden(loaded.overlaid(twice.plan()), "lora");
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void apply_strengthZero_changesNothing(Model model) {
    Loaded loaded = loaded(model);
    Matched none = loaded.plan(0, "lora_aitoolkit");
    assertThat(none.matches().get(0).matched()).isPositive();
    loaded.patcher.apply(none.plan());
    assertThat(loaded.predict()).isEqualTo(loaded.plain);
    assertThat(loaded.overlaid(none.plan())).isEqualTo(loaded.plain);
  }
}
