package dev.sdlora.lora.patch;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/** Two networks with a few small weights in every dtype, and LoRAs for them. */
final class TinyModel implements AutoCloseable {
  static final int RANK = 2;
  static final double ALPHA = 1;

  static final Map<Network, Map<String, List<Long>>> SHAPES =
      Map.of(
          Network.TEXT_ENCODER,
          new TreeMap<>(Map.of("fc1.weight", List.of(6L, 4L), "fc2.weight", List.of(4L, 6L))),
          Network.UNET,
          new TreeMap<>(
              Map.of(
                  "norm.weight", List.of(7L),
                  "norm.bias", List.of(7L),
                  "conv.bias", List.of(3L),
                  "proj_in.weight", List.of(5L, 5L, 1L, 1L),
                  "conv.weight", List.of(3L, 4L, 3L, 3L),
                  "to_out.0.weight", List.of(40L, 70L))));

  private static final Map<String, DType> STORED =
      Map.of(
          "norm.weight", DType.F16,
          "norm.bias", DType.BF16,
          "conv.bias", DType.F32,
          "fc1.weight", DType.F16,
          "fc2.weight", DType.F32,
          "proj_in.weight", DType.BF16,
          "conv.weight", DType.F64,
          "to_out.0.weight", DType.F16);

  final Path checkpoint;
  final ModuleIndex index = new ModuleIndex(SHAPES);
  final Torch torch = Torch.open("cpu");
  final TensorLoader loader = new TensorLoader(torch);
  final Map<Network, LiveWeights> weights = new EnumMap<>(Network.class);
  final Patcher patcher;

  TinyModel(Path folder, ScalarType type) {
    checkpoint = folder.resolve("model.safetensors");
    Random random = new Random(1);
    SafetensorsWriter writer = new SafetensorsWriter();
    SHAPES.forEach(
        (network, shapes) ->
            shapes.forEach(
                (name, shape) -> {
                  float[] values = floats(random, elements(shape), 0.3);
                  DType stored = Objects.requireNonNull(STORED.get(name));
                  if (stored == DType.F64) {
                    writer.tensor(network + name, stored, shape, doubles(values));
                  } else {
                    writer.tensor(network + name, shape, values, stored);
                  }
                }));
    writer.write(checkpoint);
    TensorFile file = TensorFile.open(checkpoint);
    SHAPES.forEach(
        (network, shapes) -> {
          Map<String, Origin> origins = new LinkedHashMap<>();
          shapes.forEach(
              (name, shape) ->
                  origins.put(
                      name, new Origin(file, file.find(network + name).orElseThrow(), shape)));
          weights.put(network, LiveWeights.load(torch, loader, origins, type));
        });
    patcher = new Patcher(torch, loader, weights);
  }

  private static SafetensorsWriter.Source doubles(float[] values) {
    return channel -> {
      var bytes =
          java.nio.ByteBuffer.allocate(8 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        bytes.putDouble(value);
      }
      channel.write(bytes.flip());
    };
  }

  /** A LoRA in kohya's layout for all layers; if damaged, one of its numbers is NaN. */
  static LoraFile lora(Path folder, int seed, boolean damaged) {
    Random random = new Random(seed);
    SafetensorsWriter writer = new SafetensorsWriter();
    SHAPES.forEach(
        (network, shapes) ->
            shapes.forEach(
                (name, shape) -> {
                  if (shape.size() < 2) {
                    return;
                  }
                  String key =
                      (network == Network.UNET ? "lora_unet_" : "lora_te_")
                          + name.replace(".weight", "").replace('.', '_');
                  List<Long> downShape = new ArrayList<>(shape);
                  downShape.set(0, (long) RANK);
                  List<Long> upShape =
                      shape.size() == 2
                          ? List.of(shape.get(0), (long) RANK)
                          : List.of(shape.get(0), (long) RANK, 1L, 1L);
                  float[] up = floats(random, elements(upShape), 0.5);
                  if (damaged && name.equals("to_out.0.weight")) {
                    up[7] = Float.NaN;
                  }
                  writer
                      .tensor(key + ".lora_up.weight", upShape, up, DType.F32)
                      .tensor(
                          key + ".lora_down.weight",
                          downShape,
                          floats(random, elements(downShape), 0.5),
                          DType.F16)
                      .tensor(key + ".alpha", List.of(), new float[] {(float) ALPHA}, DType.F16);
                }));
    Path path = folder.resolve("lora" + seed + (damaged ? "-damaged" : "") + ".safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  PatchPlan plan(List<LoraUse> uses) {
    return PatchPlan.of(index, "tiny", ModelFamily.SD1, uses);
  }

  /** The current values of all weights. */
  Map<String, float[]> values() {
    Map<String, float[]> values = new TreeMap<>();
    weights.forEach(
        (network, live) ->
            live.shapes().keySet().forEach(name -> values.put(network + name, live.values(name))));
    return values;
  }

  /** The expected value of a weight, computed in plain double. */
  static double[] expected(
      float[] original, String key, List<LoraUse> uses, Network network, List<Long> shape) {
    double[] sum = new double[original.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = original[i];
    }
    int out = Math.toIntExact(shape.get(0));
    int in = original.length / out;
    for (LoraUse use : uses) {
      double strength = network == Network.UNET ? use.unetStrength() : use.textEncoderStrength();
      TensorFile file = use.file().file();
      if (strength == 0 || shape.size() < 2) {
        continue;
      }
      try (TensorFile.Reader reader = file.reader()) {
        float[] up = reader.floats(file.find(key + ".lora_up.weight").orElseThrow());
        float[] down = reader.floats(file.find(key + ".lora_down.weight").orElseThrow());
        for (int i = 0; i < sum.length; i++) {
          for (int r = 0; r < RANK; r++) {
            sum[i] += strength * ALPHA / RANK * up[i / in * RANK + r] * down[r * in + i % in];
          }
        }
      }
    }
    return sum;
  }

  static float[] floats(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  static int elements(List<Long> shape) {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }

  @Override
  public void close() {
    weights.values().forEach(LiveWeights::close);
    torch.close();
  }
}
