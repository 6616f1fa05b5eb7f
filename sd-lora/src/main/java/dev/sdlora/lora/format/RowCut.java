package dev.sdlora.lora.format;

import dev.sdlora.tensors.file.TensorEntry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a module for several weights that were one below another when it was trained, such as
 * OpenCLIP's {@code in_proj}, into a module for each. Factors that act on rows are cut between
 * rows, which is between bytes; the others are shared.
 */
public final class RowCut {
  private RowCut() {}

  /**
   * The part of a module that changes one of several weights of equal size.
   *
   * @param rows of all weights together
   * @param count how many weights there are
   * @param place which of them, from 0
   * @return the part; empty if the module's tensors cannot be cut there: rotations turn rows of
   *     different weights into each other, a Kronecker product may have a block across the border,
   *     and lengths of columns (DoRA) go through all weights
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

  /** The parts whose first dimension are the rows of the weight; empty if none can be cut. */
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
