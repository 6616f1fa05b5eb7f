package dev.sdlora.lora.effect;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A checkpoint of two layers and LoRAs for it, whose numbers tests can recompute. */
final class SmallFiles {
  static final String CONV = "down_blocks.0.resnets.0.conv1.weight";
  static final String QUERY = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight";
  static final Map<String, List<Long>> SHAPES =
      Map.of(CONV, List.of(3L, 4L, 3L, 3L), QUERY, List.of(50L, 70L));

  static final int RANK = 2;
  private static final List<String> ORDER = List.of(CONV, QUERY);

  private final Path folder;

  SmallFiles(Path folder) {
    this.folder = folder;
  }

  static Map<Network, Map<String, List<Long>>> shapes() {
    return Map.of(Network.UNET, SHAPES);
  }

  static int size(List<Long> shape) {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }

  static float[] values(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The numbers of a weight of a checkpoint. */
  static float[] weight(int seed, String name) {
    return values(seed + name.length(), size(SHAPES.getOrDefault(name, List.of())));
  }

  /** The change that a LoRA makes to a weight at strength 1, with alpha 1. */
  static double[] change(int seed, String name) {
    List<Long> shape = SHAPES.getOrDefault(name, List.of());
    int out = Math.toIntExact(shape.get(0));
    int in = size(shape) / out;
    float[] up = up(seed, out);
    float[] down = down(seed, in);
    double[] change = new double[out * in];
    for (int i = 0; i < change.length; i++) {
      for (int r = 0; r < RANK; r++) {
        change[i] += up[i / in * RANK + r] * (double) down[r * in + i % in] / RANK;
      }
    }
    return change;
  }

  private static float[] up(int seed, int out) {
    return values(seed + 1000 + out, out * RANK);
  }

  private static float[] down(int seed, int in) {
    return values(seed + 2000 + in, in * RANK);
  }

  /** A checkpoint of numbers. */
  Map<Network, Map<String, Origin>> checkpoint(Map<String, float[]> numbers) {
    Path path = folder.resolve("model" + System.identityHashCode(numbers) + ".safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    numbers.forEach(
        (name, values) ->
            writer.tensor(name, SHAPES.getOrDefault(name, List.of()), values, DType.F32));
    writer.write(path);
    TensorFile file = TensorFile.open(path);
    Map<String, Origin> origins = new LinkedHashMap<>();
    for (String name : ORDER) {
      file.find(name).ifPresent(entry -> origins.put(name, new Origin(file, entry, entry.shape())));
    }
    return Map.of(Network.UNET, origins);
  }

  Map<Network, Map<String, Origin>> checkpoint(int seed) {
    Map<String, float[]> numbers = new LinkedHashMap<>();
    ORDER.forEach(name -> numbers.put(name, weight(seed, name)));
    return checkpoint(numbers);
  }

  /**
   * A LoRA for some layers.
   *
   * @param whole the layers whose change is stored as a full difference instead of factors
   */
  LoraFile lora(int seed, List<String> layers, List<String> whole) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : layers) {
      List<Long> shape = SHAPES.getOrDefault(name, List.of());
      String key = "lora_unet_" + name.replace(".weight", "").replace('.', '_');
      if (whole.contains(name)) {
        double[] change = change(seed, name);
        float[] rounded = new float[change.length];
        for (int i = 0; i < change.length; i++) {
          rounded[i] = (float) change[i];
        }
        writer.tensor(key + ".diff", shape, rounded, DType.F32);
        continue;
      }
      int out = Math.toIntExact(shape.get(0));
      List<Long> downShape = new ArrayList<>(shape);
      downShape.set(0, (long) RANK);
      List<Long> upShape = new ArrayList<>(List.of(shape.get(0), (long) RANK));
      shape.stream().skip(2).forEach(side -> upShape.add(1L));
      writer
          .tensor(key + ".lora_down.weight", downShape, down(seed, size(shape) / out), DType.F32)
          .tensor(key + ".lora_up.weight", upShape, up(seed, out), DType.F32)
          .tensor(key + ".alpha", List.of(), new float[] {1}, DType.F32);
    }
    Path path = folder.resolve("lora" + seed + ".safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  LoraFile lora(int seed) {
    return lora(seed, ORDER, List.of());
  }

  static double inner(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
