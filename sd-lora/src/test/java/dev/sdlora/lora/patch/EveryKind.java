package dev.sdlora.lora.patch;

import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** A file with a module of every applicable kind for each weight of {@link TinyModel}. */
final class EveryKind {
  private static final long RANK = 2;

  private final SafetensorsWriter writer = new SafetensorsWriter();
  private final Random random;
  private final String damaged;
  private final Map<String, Planned> planned = new LinkedHashMap<>();

  final TensorFile file;

  /** Modules by network and the name of the weight or bias that they change. */
  final List<Target> targets = new ArrayList<>();

  /** A module that changes a weight. */
  record Target(Network network, String weight, LoraModule module) {}

  /** A module to write, with the names of its tensors. */
  private record Planned(Network network, String weight, Kind kind, Map<Part, String> tensors) {}

  /**
   * Writes the file.
   *
   * @param damaged the tensor that contains a NaN or an infinity; empty for none
   */
  EveryKind(Path path, int seed, String damaged) {
    this.random = new Random(seed);
    this.damaged = damaged;
    TinyModel.SHAPES.forEach(
        (network, shapes) ->
            shapes.forEach(
                (name, shape) -> {
                  if (shape.size() > 1) {
                    layer(network, name, shape);
                  }
                }));
    norm();
    writer.write(path);
    file = TensorFile.open(path);
    planned.forEach(
        (key, module) -> {
          Map<Part, TensorEntry> parts = new EnumMap<>(Part.class);
          module.tensors.forEach((part, name) -> parts.put(part, file.find(name).orElseThrow()));
          LoraModule made = new LoraModule(key, module.kind, parts, Optional.empty());
          targets.add(new Target(module.network, module.weight, made));
          if (parts.containsKey(Part.DIFF_B) || parts.containsKey(Part.B_NORM)) {
            targets.add(new Target(module.network, module.weight.replace("weight", "bias"), made));
          }
        });
  }

  private void layer(Network network, String weight, List<Long> shape) {
    long out = shape.get(0);
    long in = shape.get(1);
    long columns = TinyModel.elements(shape) / out;
    String key = network + weight;
    lora(network, weight, key + "/lora", shape, in);
    lora(network, weight, key + "/dora_out", shape, in);
    tensor(key + "/dora_out", Part.DORA_SCALE, out, 1);
    lora(network, weight, key + "/dora_in", shape, in);
    tensor(key + "/dora_in", Part.DORA_SCALE, 1, in);
    module(network, weight, key + "/loha", Kind.LOHA);
    tensor(key + "/loha", Part.HADA_W1_A, out, RANK);
    tensor(key + "/loha", Part.HADA_W1_B, RANK, columns);
    tensor(key + "/loha", Part.HADA_W2_A, out, RANK);
    tensor(key + "/loha", Part.HADA_W2_B, RANK, columns);
    tensor(key + "/loha", Part.ALPHA);
    module(network, weight, key + "/lokr", Kind.LOKR);
    tensor(key + "/lokr", Part.LOKR_W1_A, 1, 1);
    tensor(key + "/lokr", Part.LOKR_W1_B, 1, 1);
    tensor(key + "/lokr", Part.LOKR_W2, shape.stream().mapToLong(Long::longValue).toArray());
    module(network, weight, key + "/ia3", Kind.IA3);
    tensor(key + "/ia3", Part.WEIGHT, in);
    tensor(key + "/ia3", Part.ON_INPUT);
    module(network, weight, key + "/glora", Kind.GLORA);
    tensor(key + "/glora", Part.A1, in, RANK);
    tensor(key + "/glora", Part.A2, RANK, in);
    tensor(key + "/glora", Part.B1, out, RANK);
    tensor(key + "/glora", Part.B2, RANK, columns);
    module(network, weight, key + "/oft", Kind.OFT);
    tensor(key + "/oft", Part.OFT_BLOCKS, 1, out, out);
    tensor(key + "/oft", Part.ALPHA);
    tensor(key + "/oft", Part.RESCALE, out, 1);
    if (out % 2 == 0) {
      module(network, weight, key + "/boft", Kind.BOFT);
      tensor(key + "/boft", Part.OFT_BLOCKS, 1, out / 2, 2, 2);
    }
    module(network, weight, key + "/old_oft", Kind.OLD_OFT);
    tensor(key + "/old_oft", Part.OFT_DIAG, 1, out, out);
    module(network, weight, key + "/full", Kind.FULL);
    tensor(key + "/full", Part.DIFF, shape.stream().mapToLong(Long::longValue).toArray());
    if (columns > in) {
      tensor(key + "/full", Part.DIFF_B, out);
      module(network, weight, key + "/tucker", Kind.LORA);
      tensor(key + "/tucker", Part.LORA_UP, out, RANK, 1, 1);
      tensor(key + "/tucker", Part.LORA_DOWN, RANK, in, 1, 1);
      tensor(key + "/tucker", Part.LORA_MID, RANK, RANK, 3, 3);
    }
  }

  private void lora(Network network, String weight, String key, List<Long> shape, long in) {
    long columns = TinyModel.elements(shape) / shape.get(0);
    module(network, weight, key, Kind.LORA);
    tensor(key, Part.LORA_UP, shape.get(0), RANK);
    tensor(key, Part.LORA_DOWN, RANK, in, columns / in);
    tensor(key, Part.ALPHA);
  }

  private void norm() {
    module(Network.UNET, "norm.weight", "norm", Kind.NORM);
    tensor("norm", Part.W_NORM, 7);
    tensor("norm", Part.B_NORM, 7);
  }

  private void module(Network network, String weight, String key, Kind kind) {
    planned.put(key, new Planned(network, weight, kind, new EnumMap<>(Part.class)));
  }

  private void tensor(String key, Part part, long... shape) {
    String name = key + "." + part.ending();
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    float[] values = TinyModel.floats(random, TinyModel.elements(sizes), 0.3);
    if (part == Part.ALPHA || part == Part.ON_INPUT || part == Part.DORA_SCALE) {
      for (int i = 0; i < values.length; i++) {
        values[i] = 1 + Math.abs(values[i]);
      }
    }
    if (name.equals(damaged)) {
      values[values.length / 2] = random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
    }
    writer.tensor(name, sizes, values, random.nextBoolean() ? DType.F32 : DType.BF16);
    Objects.requireNonNull(planned.get(key)).tensors.put(part, name);
  }
}
