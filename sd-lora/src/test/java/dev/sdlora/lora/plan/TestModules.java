package dev.sdlora.lora.plan;

import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.number.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Modules without a file. */
final class TestModules {
  private TestModules() {}

  static LoraModule lora(String key, long out, long in, long rank) {
    return new LoraModule(
        key,
        Kind.LORA,
        Map.of(
            Part.LORA_DOWN, entry(key + ".lora_down.weight", List.of(rank, in)),
            Part.LORA_UP, entry(key + ".lora_up.weight", List.of(out, rank))),
        Optional.empty());
  }

  private static TensorEntry entry(String name, List<Long> shape) {
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    return new TensorEntry(name, DType.F32, shape, 0, 4 * elements);
  }
}
