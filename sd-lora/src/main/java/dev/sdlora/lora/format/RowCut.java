package dev.sdlora.lora.format;

import dev.sdlora.tensors.file.TensorEntry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Splits a module that was trained for several stacked weights, such as OpenCLIP's {@code in_proj},
 * into one module for each weight. Factors that act on rows are split between rows, which are
 * contiguous in the file; the other factors are shared.
 */
public final class RowCut {
  private RowCut() {}

  /**
   * Returns the part of a module that changes one of several weights of equal size.
   *
   * @param rows the number of rows of all weights together
   * @param count the number of weights
   * @param place the index of the weight, from 0
   * @return the part; empty if the module's tensors cannot be split there: rotations mix rows of
   *     different weights, a Kronecker product may have a block across the border, and the norms of
   *     columns (DoRA) span all weights
   */
  public static Optional<LoraModule> of(LoraModule module, long rows, int count, int place) {
    Optional<Set<Part>> cut = byRows(module, rows);
    if (cut.isEmpty()) {
      return Optional.empty();
    }
    Map<Part, TensorEntry> parts = new EnumMap<>(module.parts());
    for (Part part : cut.get()) {
      TensorEntry whole = parts.get(part);
      if (whole != null) {
        long own = whole.shape().get(0) / count;
        if (own * count != whole.shape().get(0)) {
          return Optional.empty();
        }
        parts.put(part, whole.rows(place * own, own));
      }
    }
    return Optional.of(
        new LoraModule(module.key(), module.kind(), parts, module.configuredScale()));
  }

  /** The parts whose first dimension is the rows of the weight; empty if none can be split. */
  private static Optional<Set<Part>> byRows(LoraModule module, long rows) {
    Set<Part> parts =
        switch (module.kind()) {
          case LORA -> EnumSet.of(Part.LORA_UP);
          case LOHA ->
              module.find(Part.HADA_T1).isPresent()
                  ? EnumSet.noneOf(Part.class)
                  : EnumSet.of(Part.HADA_W1_A, Part.HADA_W2_A);
          case LOKR -> EnumSet.of(Part.LOKR_W1, Part.LOKR_W1_A);
          case GLORA -> EnumSet.of(module.hasOldGlora() ? Part.B2 : Part.B1);
          case FULL -> EnumSet.of(Part.DIFF, Part.DIFF_B);
          case NORM -> EnumSet.of(Part.W_NORM, Part.B_NORM);
          case IA3 -> EnumSet.of(Part.WEIGHT);
          case OFT, BOFT, OLD_OFT -> EnumSet.noneOf(Part.class);
        };
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    if (module.kind() == Kind.IA3 && module.part(Part.WEIGHT).elements() != rows) {
      return Optional.of(EnumSet.noneOf(Part.class)); // one factor for each column
    }
    Optional<TensorEntry> lengths = module.find(Part.DORA_SCALE);
    if (lengths.isPresent()) {
      boolean ofRows = !lengths.get().shape().isEmpty() && lengths.get().shape().get(0) == rows;
      if (!ofRows) {
        return Optional.empty();
      }
      parts.add(Part.DORA_SCALE);
    }
    return Optional.of(parts);
  }
}
