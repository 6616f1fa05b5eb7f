package dev.sdlora.lora.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares norms with plain sums in double. */
class EffectMeterTest {
  private static final String TEXT = "text_model.encoder.layers.3.mlp.fc1.weight";
  private static final String CONV = "down_blocks.0.resnets.0.conv1.weight";
  private static final String QUERY =
      "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight";

  private static final Map<Network, Map<String, List<Long>>> SHAPES =
      Map.of(
          Network.TEXT_ENCODER,
          Map.of(TEXT, List.of(6L, 4L)),
          Network.UNET,
          ordered(CONV, List.of(3L, 4L, 3L, 3L), QUERY, List.of(5L, 7L)));

  private static final int RANK = 2;

  @TempDir Path folder;
  private Torch torch;
  private Map<Network, Map<String, Origin>> origins;

  private static Map<String, List<Long>> ordered(
      String a, List<Long> shapeA, String b, List<Long> shapeB) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put(a, shapeA);
    shapes.put(b, shapeB);
    return shapes;
  }

  @BeforeEach
  void open() {
    torch = Torch.open("cpu");
    SafetensorsWriter writer = new SafetensorsWriter();
    SHAPES.forEach(
        (network, shapes) ->
            shapes.forEach(
                (name, shape) -> writer.tensor(name, shape, values(7, shape), DType.F32)));
    Path path = folder.resolve("model.safetensors");
    writer.write(path);
    TensorFile file = TensorFile.open(path);
    origins = new LinkedHashMap<>();
    SHAPES.forEach(
        (network, shapes) -> {
          Map<String, Origin> ofNetwork = new LinkedHashMap<>();
          shapes.forEach(
              (name, shape) ->
                  ofNetwork.put(name, new Origin(file, file.find(name).orElseThrow(), shape)));
          origins.put(network, ofNetwork);
        });
  }

  @AfterEach
  void close() {
    torch.close();
  }

  private static float[] values(int seed, List<Long> shape) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static String key(String prefix, String weight) {
    return prefix + weight.replace(".weight", "").replace('.', '_');
  }

  /** A LoRA for all layers with alpha 1; the up factor can be zero or not finite. */
  private LoraFile lora(int seed, float upFactor) {
    SafetensorsWriter writer = new SafetensorsWriter();
    SHAPES.forEach(
        (network, shapes) ->
            shapes.forEach(
                (name, shape) -> {
                  String key = key(network == Network.UNET ? "lora_unet_" : "lora_te_", name);
                  List<Long> down = new ArrayList<>(shape);
                  down.set(0, (long) RANK);
                  List<Long> up = List.of(shape.get(0), (long) RANK);
                  float[] ups = values(seed + 100, up);
                  for (int i = 0; i < ups.length; i++) {
                    ups[i] *= upFactor;
                  }
                  writer
                      .tensor(key + ".lora_down.weight", down, values(seed, down), DType.F32)
                      .tensor(key + ".lora_up.weight", up, ups, DType.F32)
                      .tensor(key + ".alpha", List.of(), new float[] {1}, DType.F32);
                }));
    Path path = folder.resolve("lora" + seed + ".safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private List<BlockChange> measure(LoraUse... uses) {
    PatchPlan plan = PatchPlan.of(new ModuleIndex(SHAPES), "tiny", ModelFamily.SD1, List.of(uses));
    int arrays = torch.liveArrays();
    EffectMeter meter = new EffectMeter(torch, new TensorLoader(torch));
    List<BlockChange> blocks = meter.measure(plan, origins);
    assertThat(torch.liveArrays()).isEqualTo(arrays);
    return blocks;
  }

  /** The norm of the sum of some LoRAs' changes of a layer at their strengths. */
  private static double norm(List<Long> shape, Map<Integer, Double> strengths) {
    int out = Math.toIntExact(shape.get(0));
    int in = Math.toIntExact(shape.stream().skip(1).reduce(1L, Math::multiplyExact));
    double squares = 0;
    for (int i = 0; i < out * in; i++) {
      double sum = 0;
      for (Map.Entry<Integer, Double> lora : strengths.entrySet()) {
        float[] up = values(lora.getKey() + 100, List.of((long) out, (long) RANK));
        float[] down = values(lora.getKey(), List.of((long) RANK, (long) in));
        for (int r = 0; r < RANK; r++) {
          sum += lora.getValue() / RANK * up[i / in * RANK + r] * down[r * in + i % in];
        }
      }
      squares += sum * sum;
    }
    return Math.sqrt(squares);
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static void assertBlock(
      BlockChange block, ModelPart part, String name, double change, double weight) {
    assertThat(block.part()).isEqualTo(part);
    assertThat(block.name()).isEqualTo(name);
    // The products are float32; the norms are summed in double.
    assertThat(block.change()).isCloseTo(change, within(1e-5 * change));
    assertThat(block.weight()).isCloseTo(weight, within(1e-5 * weight));
  }

  @Test
  void measure_oneLora_isTheNormOfItsProducts() {
    List<BlockChange> blocks = measure(new LoraUse("a", lora(1, 1), 0.5, -2));

    List<Long> text = List.of(6L, 4L);
    List<Long> conv = List.of(3L, 4L, 3L, 3L);
    List<Long> query = List.of(5L, 7L);
    assertThat(blocks).hasSize(2);
    assertBlock(
        blocks.get(0),
        ModelPart.TEXT_ENCODER,
        "layer 3",
        norm(text, Map.of(1, 0.5)),
        norm(values(7, text)));
    assertBlock(
        blocks.get(1),
        ModelPart.UNET,
        "IN01",
        Math.hypot(norm(conv, Map.of(1, -2.0)), norm(query, Map.of(1, -2.0))),
        Math.hypot(norm(values(7, conv)), norm(values(7, query))));
    assertThat(blocks.get(1).weights()).isEqualTo(2);
    assertThat(blocks.get(1).relative())
        .isCloseTo(blocks.get(1).change() / blocks.get(1).weight(), within(1e-12));
  }

  @Test
  void measure_twoLorasOnALayer_isTheNormOfTheSum() {
    List<BlockChange> blocks =
        measure(new LoraUse("a", lora(1, 1), 1, 0), new LoraUse("b", lora(2, 1), -0.7, 0));
    List<Long> text = List.of(6L, 4L);
    assertThat(blocks).hasSize(1);
    assertBlock(
        blocks.get(0),
        ModelPart.TEXT_ENCODER,
        "layer 3",
        norm(text, Map.of(1, 1.0, 2, -0.7)),
        norm(values(7, text)));
  }

  @Test
  void measure_untrainedLora_isNothing() {
    List<BlockChange> blocks = measure(new LoraUse("a", lora(1, 0), 1, 1));
    assertThat(blocks).hasSize(2).allMatch(block -> block.change() == 0 && block.relative() == 0);
  }

  @Test
  void measure_brokenLora_isRefusedByName() {
    LoraUse use = new LoraUse("a", lora(1, Float.NaN), 1, 1);
    assertThatThrownBy(() -> measure(use))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("NaN")
        .hasMessageContaining("lora_te_text_model_encoder_layers_3_mlp_fc1");
  }

  @Test
  void measure_wholeDifferences_countWeightAndBias() {
    List<Long> query = List.of(5L, 7L);
    List<Long> bias = List.of(5L);
    String biasName = QUERY.replace(".weight", ".bias");
    Path path = folder.resolve("full.safetensors");
    new SafetensorsWriter()
        .tensor(QUERY, query, values(1, query), DType.F32)
        .tensor(biasName, bias, values(2, bias), DType.F32)
        .tensor("x.diff", query, values(3, query), DType.F32)
        .tensor("x.diff_b", bias, values(4, bias), DType.F32)
        .write(path);
    TensorFile file = TensorFile.open(path);
    LoraModule module =
        new LoraModule(
            "x",
            Kind.FULL,
            Map.of(Part.DIFF, entry(file, "x.diff"), Part.DIFF_B, entry(file, "x.diff_b")),
            Optional.empty());
    List<Change> changes = List.of(new Change(file, module, -0.5, OptionalInt.empty()));
    Map<String, Origin> model =
        Map.of(
            QUERY, new Origin(file, entry(file, QUERY), query),
            biasName, new Origin(file, entry(file, biasName), bias));
    EffectMeter meter = new EffectMeter(torch, new TensorLoader(torch));

    PatchPlan both = new PatchPlan(Map.of(Network.UNET, Map.of(QUERY, changes, biasName, changes)));
    List<BlockChange> blocks = meter.measure(both, Map.of(Network.UNET, model));
    assertThat(blocks).hasSize(1);
    assertBlock(
        blocks.get(0),
        ModelPart.UNET,
        "IN01",
        0.5 * Math.hypot(norm(values(3, query)), norm(values(4, bias))),
        Math.hypot(norm(values(1, query)), norm(values(2, bias))));
    assertThat(blocks.get(0).weights()).isEqualTo(2);

    Map<Network, Map<String, Origin>> noBias =
        Map.of(Network.UNET, Map.of(QUERY, new Origin(file, entry(file, QUERY), query)));
    assertThatThrownBy(() -> meter.measure(both, noBias))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(biasName);
  }

  private static TensorEntry entry(TensorFile file, String name) {
    return file.find(name).orElseThrow();
  }
}
