package dev.sdlora.fuzz.soak;

import dev.sdlora.fuzz.SmallNetworks;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Model files with random numbers that keep activations finite. */
final class RandomFiles {
  private static final String WEIGHT = ".weight";

  private RandomFiles() {}

  /** Writes a small checkpoint in one file. */
  static void checkpoint(Path path, SplittableRandom random) {
    SafetensorsWriter writer = new SafetensorsWriter();
    SmallNetworks.checkpoint()
        .forEach(
            (name, shape) -> writer.tensor(name, shape, weight(name, shape, random), DType.F32));
    writer.write(path);
  }

  /** Writes an adapter for the checkpoint's U-Net and text encoder. */
  static void lora(Path path, int rank, Kind kind, SplittableRandom random) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("ss_base_model_version", "sd_v1");
    add(writer, "lora_unet_", SmallNetworks.UNET.weights(), ".attn1.", rank, kind, random);
    add(writer, "lora_te_", SmallNetworks.CLIP.weights(), ".mlp.", rank, kind, random);
    writer.write(path);
  }

  /** Writes a textual inversion embedding. */
  static void embedding(Path path, int vectors, SplittableRandom random) {
    List<Long> shape = List.of((long) vectors, (long) SmallNetworks.CLIP.width());
    new SafetensorsWriter()
        .tensor("emb_params", shape, normal(shape, 0.1, random), DType.F32)
        .write(path);
  }

  /** Kinds of adapters; some cannot be overlaid on the weights. */
  enum Kind {
    LORA,
    LOHA,
    FULL
  }

  private static void add(
      SafetensorsWriter writer,
      String prefix,
      Map<String, List<Long>> weights,
      String layers,
      int rank,
      Kind kind,
      SplittableRandom random) {
    weights.forEach(
        (name, shape) -> {
          if (name.contains(layers) && name.endsWith(WEIGHT) && shape.size() == 2) {
            String module =
                prefix + name.substring(0, name.length() - WEIGHT.length()).replace('.', '_');
            List<Long> down = List.of((long) rank, shape.get(1));
            List<Long> up = List.of(shape.get(0), (long) rank);
            switch (kind) {
              case LORA -> {
                add(writer, module + ".lora_down.weight", down, random);
                add(writer, module + ".lora_up.weight", up, random);
              }
              case LOHA -> {
                add(writer, module + ".hada_w1_a", up, random);
                add(writer, module + ".hada_w1_b", down, random);
                add(writer, module + ".hada_w2_a", up, random);
                add(writer, module + ".hada_w2_b", down, random);
              }
              case FULL -> add(writer, module + ".diff", shape, random);
            }
          }
        });
  }

  private static void add(
      SafetensorsWriter writer, String name, List<Long> shape, SplittableRandom random) {
    writer.tensor(name, shape, normal(shape, 0.05, random), DType.F16);
  }

  /** Creates a weight: gains are 1, biases 0; matrices preserve variance. */
  private static float[] weight(String name, List<Long> shape, SplittableRandom random) {
    if (shape.size() > 1) {
      double inputs = (double) elements(shape) / shape.get(0);
      return normal(shape, 1 / Math.sqrt(inputs), random);
    }
    float[] values = new float[elements(shape)];
    Arrays.fill(values, name.endsWith(WEIGHT) ? 1 : 0);
    return values;
  }

  private static float[] normal(List<Long> shape, double deviation, SplittableRandom random) {
    float[] values = new float[elements(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  private static int elements(List<Long> shape) {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }
}
