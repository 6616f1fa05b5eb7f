package dev.sdlora.lora.factors;

import dev.sdlora.lora.format.Extent;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import java.util.List;
import java.util.Optional;

/**
 * The rank of a LoHa or a LoKr written as a single product. The rows and columns of a Hadamard
 * product of two products are all pairwise products of the rows and columns of their factors
 * (Khatri and Rao); a Kronecker product of products is the product of the Kronecker products of
 * their factors. Either way the ranks multiply.
 */
final class ProductRank {
  private ProductRank() {}

  /**
   * Whether multiplying by the two factors takes no more operations than multiplying by the whole
   * change.
   */
  static boolean isLow(LoraModule module) {
    return switch (module.kind()) {
      case LOHA -> isLow(Math.multiplyExact((long) module.rank(), module.rank()), module.extent());
      case LOKR ->
          isLow(
              Math.multiplyExact(
                  inner(module, Part.LOKR_W1, Part.LOKR_W1_B),
                  inner(module, Part.LOKR_W2, Part.LOKR_W2_B)),
              module.extent());
      case LORA, IA3, GLORA, OFT, BOFT, OLD_OFT, FULL, NORM, REPLACED -> false;
    };
  }

  private static boolean isLow(long rank, Extent extent) {
    double out = extent.out().orElseThrow();
    double in = extent.in().orElseThrow();
    return rank * (out + in) <= out * in;
  }

  /** The rank of a factor. A whole matrix counts as its product with the identity. */
  private static long inner(LoraModule module, Part whole, Part second) {
    Optional<List<Long>> shape = module.find(whole).map(TensorEntry::shape);
    return shape
        .map(s -> whole == Part.LOKR_W1 ? Math.min(s.get(0), s.get(1)) : s.get(0))
        .orElseGet(() -> module.part(second).shape().get(0));
  }
}
