package dev.sdlora.families.flux1;

import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Packing of the weights of {@link Flux1Transformer} for the CPU: the matrices by which all tokens
 * of an image of 512×512 pixels and of a prompt are multiplied. Layers with one position per row,
 * such as those of the time, are not packed. The hidden layers of MLPs are cut into chunks of the
 * width of a token, as those of FLUX.2 are.
 */
final class Flux1Packing {
  private Flux1Packing() {}

  /** Returns the packings by weight name. */
  public static Map<String, Packing> of(Flux1Config config) {
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              boolean large =
                  name.contains("transformer_blocks.") || name.startsWith("context_embedder.");
              boolean ofTime = name.contains(".norm");
              if (large && !ofTime && shape.size() == 2) {
                packings.put(name, packing(config, name));
              }
            });
    return packings;
  }

  private static Packing packing(Flux1Config config, String name) {
    int rows = TransformerPacking.rows(name);
    List<Long> chunks = TransformerPacking.chunks(config.inner(), config.width());
    if (name.endsWith(".proj_mlp.weight") || name.endsWith(".net.0.proj.weight")) {
      return new Packing.Stacked(rows, chunks);
    }
    if (name.endsWith(".net.2.weight")) {
      return new Packing.Adjacent(rows, chunks);
    }
    return name.endsWith(".proj_out.weight")
        ? new Packing.Adjacent(
            rows, Stream.concat(Stream.of((long) config.width()), chunks.stream()).toList())
        : new Packing.Linear(rows);
  }
}
