package dev.sdlora.families.flux2;

import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Packing of the weights of {@link Flux2Transformer} for the CPU: the matrices of its blocks and of
 * the context, for the tokens of 512×512 pixels and a prompt. Layers with one position per row,
 * such as those of the time, and the small ones at both ends are not packed. Layers wider than a
 * token are cut into chunks of that width: products of such chunks are up to twice as fast, and no
 * tensor is wider.
 */
final class Flux2Packing {
  private Flux2Packing() {}

  /** Returns the packings by weight name. */
  public static Map<String, Packing> of(Flux2Config config) {
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              boolean large =
                  name.contains("transformer_blocks.") || name.startsWith("context_embedder.");
              if (large && shape.size() == 2) {
                packings.put(name, packing(config, name));
              }
            });
    return packings;
  }

  private static Packing packing(Flux2Config config, String name) {
    long width = config.width();
    int rows = TransformerPacking.rows(name);
    List<Long> chunks = TransformerPacking.chunks(config.inner(), width);
    if (name.endsWith(".to_qkv_mlp_proj.weight")) {
      return new Packing.Stacked(
          rows, joined(List.of(List.of(width, width, width), chunks, chunks)));
    }
    if (name.endsWith(".attn.to_out.weight")) {
      return new Packing.Adjacent(rows, joined(List.of(List.of(width), chunks)));
    }
    if (name.endsWith(".linear_in.weight")) {
      return new Packing.Stacked(rows, joined(List.of(chunks, chunks)));
    }
    return name.endsWith(".linear_out.weight")
        ? new Packing.Adjacent(rows, chunks)
        : new Packing.Linear(rows);
  }

  private static List<Long> joined(List<List<Long>> parts) {
    return parts.stream().flatMap(List::stream).toList();
  }
}
