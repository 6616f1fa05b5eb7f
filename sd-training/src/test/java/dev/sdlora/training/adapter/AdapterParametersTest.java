package dev.sdlora.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdapterParametersTest {
  private static final AdapterOptions LORA = AdapterOptions.DEFAULTS;

  private final Torch torch = Torch.open("cpu");

  @AfterEach
  void close() {
    torch.close();
  }

  private static AdapterModule linear(String name, int rank, double rateFactor) {
    return new AdapterModule(Network.UNET, name, List.of(12L, 8L), rank, 2, rateFactor);
  }

  private static AdapterModule convolution(int rank) {
    return new AdapterModule(Network.UNET, "conv", List.of(12L, 8L, 3L, 3L), rank, 2, 1);
  }

  private AdapterParameters parameters(AdapterOptions options, AdapterModule... modules) {
    return parameters(options, Map.of(), modules);
  }

  private AdapterParameters parameters(
      AdapterOptions options, Map<String, NDArray> frozen, AdapterModule... modules) {
    return new AdapterParameters(torch, List.of(modules), options, frozen, 5);
  }

  private static Map<String, String> shapes(AdapterParameters parameters) {
    Map<String, String> shapes = new TreeMap<>();
    parameters
        .weights()
        .forEach((name, tensor) -> shapes.put(name, Arrays.toString(tensor.getShape().getShape())));
    return shapes;
  }

  private static float[] values(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name).toFloatArray();
  }

  @Test
  void weights_ofEachKind_haveLycorissShapes() {
    assertThat(shapes(parameters(LORA, convolution(2))))
        .containsExactly(
            Map.entry("conv.lora_down.weight", "[2, 8, 3, 3]"),
            Map.entry("conv.lora_up.weight", "[12, 2, 1, 1]"));
    assertThat(shapes(parameters(AdapterOptions.of(AdapterKind.LOHA), convolution(2))))
        .containsExactly(
            Map.entry("conv.hada_w1_a", "[12, 2]"),
            Map.entry("conv.hada_w1_b", "[2, 72]"),
            Map.entry("conv.hada_w2_a", "[12, 2]"),
            Map.entry("conv.hada_w2_b", "[2, 72]"));
    assertThat(shapes(parameters(AdapterOptions.of(AdapterKind.LOKR), convolution(2))))
        .containsExactly(
            Map.entry("conv.lokr_w1", "[3, 2]"), Map.entry("conv.lokr_w2", "[4, 4, 3, 3]"));
    assertThat(shapes(parameters(AdapterOptions.of(AdapterKind.LOKR), convolution(1))))
        .containsExactly(
            Map.entry("conv.lokr_w1", "[3, 2]"),
            Map.entry("conv.lokr_w2_a", "[4, 1]"),
            Map.entry("conv.lokr_w2_b", "[1, 36]"));
    assertThat(
            shapes(
                parameters(
                    AdapterOptions.of(AdapterKind.IA3),
                    linear("attn1.to_k", 1, 1),
                    linear("ff.net.2", 1, 1))))
        .containsExactly(
            Map.entry("attn1.to_k.ia3.outputs", "[12]"), Map.entry("ff.net.2.ia3.inputs", "[8]"));
  }

  @Test
  void weights_ofDora_beginWithTheNormsOfTheRows() {
    float[] weight = new float[12 * 8];
    Arrays.fill(weight, 0, 8, 2);
    weight[8] = -3;
    Map<String, NDArray> frozen =
        Map.of("layer.weight", Torch.floats(torch.manager(), weight, 12, 8));

    AdapterParameters parameters = parameters(LORA.withDora(true), frozen, linear("layer", 2, 1));

    assertThat(shapes(parameters)).containsEntry("layer.dora_scale", "[12, 1]");
    float[] magnitudes = values(parameters.weights(), "layer.dora_scale");
    assertThat(magnitudes[0]).isCloseTo((float) Math.sqrt(32), within(1e-6f));
    assertThat(magnitudes[1]).isEqualTo(3);
    assertThat(magnitudes[2]).isZero();
  }

  @Test
  void groups_withRulesAndLoraPlus_haveTheirFactors() {
    AdapterParameters parameters =
        parameters(LORA.withLoraPlusRatio(16), linear("a", 2, 1), linear("b", 2, 0.5));

    assertThat(parameters.groups())
        .extracting(
            group -> group.network() + " " + group.rateFactor() + " " + group.weights().keySet())
        .containsExactly(
            "UNET 0.5 [b.lora_down.weight]",
            "UNET 1.0 [a.lora_down.weight]",
            "UNET 8.0 [b.lora_up.weight]",
            "UNET 16.0 [a.lora_up.weight]");
  }

  @Test
  void tensors_scales_areStrengthTimesAlphaByRank() {
    float[] strengths = {1, -0.5f};

    assertThat(values(tensors(LORA, strengths, linear("a", 4, 1)), "a.lora_scale"))
        .containsExactly(0.5f, -0.25f);
    assertThat(
            values(
                tensors(LORA.withRankStabilised(true), strengths, linear("a", 4, 1)),
                "a.lora_scale"))
        .containsExactly(1, -0.5f);
    assertThat(
            values(
                tensors(AdapterOptions.of(AdapterKind.LOKR), strengths, convolution(2)),
                "conv.lora_scale"))
        .containsExactly(1, -0.5f);
    assertThat(
            values(
                tensors(AdapterOptions.of(AdapterKind.LOHA), new float[] {3, 3}, convolution(2)),
                "conv.lora_scale"))
        .containsExactly(3);
  }

  private Map<String, NDArray> tensors(
      AdapterOptions options, float[] strengths, AdapterModule module) {
    return parameters(options, module).tensors(strengths, 1, torch.manager());
  }

  @Test
  void tensors_ofDoraAtAnotherStrength_areRefused() {
    Map<String, NDArray> frozen = Map.of("a.weight", torch.manager().zeros(shape()));
    AdapterParameters parameters = parameters(LORA.withDora(true), frozen, linear("a", 4, 1));

    assertThatThrownBy(() -> parameters.tensors(new float[] {1, -1}, 1, torch.manager()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("strength must be 1 for DoRA: -1.0");
  }

  private static Shape shape() {
    return new Shape(12, 8);
  }

  @Test
  void tensors_withDropouts_dependOnTheBatchAlone() {
    AdapterOptions options = LORA.withDropout(0.25, 0.5, 0.3);
    AdapterModule[] modules = new AdapterModule[40];
    for (int i = 0; i < modules.length; i++) {
      modules[i] = linear("layer" + i, 4, 1);
    }
    AdapterParameters parameters = parameters(options, modules);
    float[] strengths = {1, 1};

    Map<String, String> first = text(parameters.tensors(strengths, 1, 7, torch.manager()));
    Map<String, String> other = text(parameters.tensors(strengths, 1, 8, torch.manager()));
    Map<String, String> again =
        text(parameters(options, modules).tensors(strengths, 1, 7, torch.manager()));
    Map<String, String> without = text(parameters.tensors(strengths, 1, torch.manager()));

    assertThat(first).isEqualTo(again).isNotEqualTo(other);
    assertThat(without).hasSize(3 * modules.length);
    // Of 40 layers, about 12 have no scale.
    assertThat(first.keySet().stream().filter(name -> name.endsWith(".lora_scale")).count())
        .isBetween(18L, 36L);
    assertThat(first.values()).anyMatch(value -> value.contains("0.0") && value.contains("2.0"));
  }

  private static Map<String, String> text(Map<String, NDArray> tensors) {
    Map<String, String> text = new TreeMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.endsWith(".lora_dropout")) {
            text.put(name, Arrays.toString(tensor.toDoubleArray()));
          } else {
            text.put(name, Arrays.toString(tensor.toFloatArray()));
          }
        });
    return text;
  }
}
