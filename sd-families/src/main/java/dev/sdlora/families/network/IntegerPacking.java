package dev.sdlora.families.network;

import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the layers of a denoiser that compute in 8-bit integers. Rounding the input of a layer
 * takes as long for few outputs as for many, so layers of few outputs are faster in bfloat16. The
 * keys and values of a text are computed once for all steps, and stay exact. So do layers that are
 * not packed: the first and the last one, those of the time, and modulations.
 */
public final class IntegerPacking {
  /** The least number of products for each value of the input. */
  private static final long LEAST_PRODUCTS = 256;

  private IntegerPacking() {}

  /**
   * Returns packings by weight name, with integers where they pay.
   *
   * @param packings the packings without integers
   * @param shapes the shapes of the weights
   */
  public static Map<String, Packing> of(
      Map<String, Packing> packings, Map<String, List<Long>> shapes) {
    return of(packings, shapes, LEAST_PRODUCTS);
  }

  /**
   * Returns packings as {@link #of(Map, Map)} does, for another limit.
   *
   * @param least the least number of products for each value of the input
   */
  public static Map<String, Packing> of(
      Map<String, Packing> packings, Map<String, List<Long>> shapes, long least) {
    Map<String, Packing> chosen = new LinkedHashMap<>();
    packings.forEach(
        (name, packing) ->
            chosen.put(
                name,
                pays(name, packing, shapes.getOrDefault(name, List.of()), least)
                    ? new Packing.Integers(packing)
                    : packing));
    return chosen;
  }

  private static boolean pays(String name, Packing packing, List<Long> shape, long least) {
    boolean text = name.endsWith(".attn2.to_k.weight") || name.endsWith(".attn2.to_v.weight");
    if (text
        || packing instanceof Packing.Doubling
        || name.startsWith("conv_")
        || name.startsWith("context_embedder.")) {
      return false;
    }
    long products = shape.get(0);
    for (long side : shape.subList(Math.min(2, shape.size()), shape.size())) {
      products *= side;
    }
    return products >= least;
  }
}
