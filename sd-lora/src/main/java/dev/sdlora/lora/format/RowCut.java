package dev.sdlora.lora.format;

import dev.sdlora.lora.format.Rows.Span;
import dev.sdlora.tensors.entry.TensorEntry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Splits a module that was trained for several stacked weights, such as OpenCLIP's {@code in_proj},
 * into one module for each weight. Factors that act on rows are split between rows, which are
 * contiguous in the file; the other factors are shared. A module whose factors cannot be split
 * there, such as a Kronecker product with a block across the border, is multiplied out and cut
 * afterwards.
 */
public final class RowCut {
  private RowCut() {}

  /**
   * Returns the part of a module that changes one of the weights.
   *
   * @param module the module for all weights together
   * @param rows the rows of the weight among those of all weights
   * @return the part; empty if the change of these rows depends on the other weights: rotations of
   *     blocks that lie across the border, and norms of columns (DoRA)
   */
  public static Optional<LoraModule> of(LoraModule module, Rows rows) {
    if (!isOfRowsAlone(module, rows)) {
      return Optional.empty();
    }
    LoraModule part =
        rows.spans().size() == 1
            ? cut(module, rows, rows.spans().get(0)).orElseGet(() -> module.only(rows))
            : module.only(rows);
    return Optional.of(part);
  }

  /** Splits the tensors; empty if they cannot be split at the borders of these rows. */
  private static Optional<LoraModule> cut(LoraModule module, Rows rows, Span span) {
    Set<Part> byRows = byRows(module, rows.whole());
    if (byRows.isEmpty()) {
      return Optional.empty();
    }
    Map<Part, TensorEntry> parts = new EnumMap<>(module.parts());
    for (Part part : byRows) {
      TensorEntry whole = parts.get(part);
      if (whole != null) {
        long height = whole.shape().isEmpty() ? 1 : whole.shape().get(0);
        long block = rows.whole() / height;
        if (block * height != rows.whole() || !rows.areWholeBlocks(block)) {
          return Optional.empty();
        }
        parts.put(part, whole.rows(span.first() / block, span.count() / block));
      }
    }
    return Optional.of(
        new LoraModule(module.key(), module.kind(), parts, module.configuredScale()));
  }

  /** The parts whose first dimension is the rows of the weight, or blocks of them. */
  private static Set<Part> byRows(LoraModule module, long rows) {
    Set<Part> parts =
        switch (module.kind()) {
          case LORA -> EnumSet.of(Part.LORA_UP, Part.LORA_BIAS);
          case LOHA ->
              module.find(Part.HADA_T1).isPresent()
                  ? EnumSet.noneOf(Part.class)
                  : EnumSet.of(Part.HADA_W1_A, Part.HADA_W2_A);
          case LOKR -> EnumSet.of(Part.LOKR_W1, Part.LOKR_W1_A);
          case GLORA -> EnumSet.of(module.hasOldGlora() ? Part.B2 : Part.B1);
          case FULL -> EnumSet.of(Part.DIFF, Part.DIFF_B);
          case NORM -> EnumSet.of(Part.W_NORM, Part.B_NORM);
          case REPLACED -> EnumSet.of(Part.WEIGHT);
          case IA3 ->
              hasFactorsOfColumns(module, rows)
                  ? EnumSet.noneOf(Part.class)
                  : EnumSet.of(Part.WEIGHT);
          case OFT, BOFT, OLD_OFT -> EnumSet.noneOf(Part.class);
        };
    if (!parts.isEmpty()) {
      parts.add(Part.DORA_SCALE);
    }
    return parts;
  }

  private static boolean hasFactorsOfColumns(LoraModule module, long rows) {
    return module.part(Part.WEIGHT).elements() != rows;
  }

  /** Whether the change of the rows depends on no other rows of the weight. */
  private static boolean isOfRowsAlone(LoraModule module, Rows rows) {
    if (rows.count() == rows.whole()) {
      return true;
    }
    Optional<TensorEntry> lengths = module.find(Part.DORA_SCALE);
    if (lengths.isPresent()
        && (lengths.get().shape().isEmpty() || lengths.get().shape().get(0) != rows.whole())) {
      return false;
    }
    return rows.areWholeBlocks(turned(module));
  }

  /** The number of neighbouring rows that a rotation mixes; 1 for kinds without rotation. */
  private static long turned(LoraModule module) {
    return switch (module.kind()) {
      case OFT, BOFT -> turned(module.part(Part.OFT_BLOCKS));
      case OLD_OFT -> turned(module.part(Part.OFT_DIAG));
      case LORA, LOHA, LOKR, IA3, GLORA, FULL, NORM, REPLACED -> 1;
    };
  }

  /** Each level of a butterfly, [levels, blocks, size, size], doubles the distance of its rows. */
  private static long turned(TensorEntry blocks) {
    int last = blocks.shape().size() - 1;
    long size = blocks.shape().get(last);
    return last < 3 ? size : size << Math.min(32, blocks.shape().get(0) - 1);
  }
}
