package dev.sdlora.lora.format;

import dev.sdlora.lora.family.LayerName;
import dev.sdlora.lora.format.Rows.Span;
import dev.sdlora.tensors.entry.TensorEntry;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The change of one layer in an adapter file.
 *
 * @param key the name of the layer in the file; a {@link NumberedKey} if the file only numbers its
 *     layers
 * @param kind the method by which the tensors define the change
 * @param parts the tensors
 * @param configuredScale the factor from settings outside of the tensors, such as PEFT's {@code
 *     lora_alpha / r}, used instead of alpha / rank; empty if the tensors define it
 * @param rows the rows of the change that the weight gets, if it is one of several stacked weights
 *     or has its rows in another order; empty for all
 * @param columns the columns of the change that the weight gets, if others are for another weight:
 *     only for {@link Kind#LORA}; empty for all
 */
public record LoraModule(
    String key,
    Kind kind,
    Map<Part, TensorEntry> parts,
    Optional<Double> configuredScale,
    Optional<Rows> rows,
    Optional<Span> columns) {

  /** Copies the map. */
  public LoraModule {
    parts = Collections.unmodifiableMap(new EnumMap<>(parts));
  }

  /** Creates a module that changes a weight with all its rows. */
  public LoraModule(
      String key, Kind kind, Map<Part, TensorEntry> parts, Optional<Double> configuredScale) {
    this(key, kind, parts, configuredScale, Optional.empty(), Optional.empty());
  }

  /** The same module for a weight that gets only some rows of its change. */
  LoraModule only(Rows chosen) {
    return new LoraModule(key, kind, parts, configuredScale, Optional.of(chosen), columns);
  }

  /**
   * Returns the same module for a weight that gets only some columns of its change.
   *
   * @param withBias whether the weight's layer also gets the change of the bias
   * @throws IllegalArgumentException if the module is not a plain product of two factors
   */
  public LoraModule columns(Span chosen, boolean withBias) {
    if (kind != Kind.LORA || find(Part.LORA_MID).or(() -> find(Part.DORA_SCALE)).isPresent()) {
      throw new IllegalArgumentException("the columns of '" + key + "' cannot be separated");
    }
    Map<Part, TensorEntry> kept = new EnumMap<>(parts);
    if (!withBias) {
      kept.remove(Part.LORA_BIAS);
    }
    return new LoraModule(key, kind, kept, configuredScale, rows, Optional.of(chosen));
  }

  /**
   * A required tensor.
   *
   * @throws NoSuchElementException if it is missing
   */
  public TensorEntry part(Part part) {
    return find(part).orElseThrow(() -> new NoSuchElementException(key + "." + part.ending()));
  }

  /** An optional tensor. */
  public Optional<TensorEntry> find(Part part) {
    return Optional.ofNullable(parts.get(part));
  }

  /** The number of columns of {@code up}; 1 for kinds without rank. */
  public int rank() {
    return switch (kind) {
      case LORA -> Math.toIntExact(size(Part.LORA_DOWN, 0));
      case LOHA -> Math.toIntExact(size(Part.HADA_W1_B, 0));
      case LOKR ->
          find(Part.LOKR_W1_B)
              .or(() -> find(Part.LOKR_W2_B))
              .map(factor -> Math.toIntExact(factor.shape().get(0)))
              .orElse(1);
      case GLORA -> Math.toIntExact(size(Part.A1, hasOldGlora() ? 0 : 1));
      case IA3, OFT, BOFT, OLD_OFT, FULL, NORM, REPLACED -> 1;
    };
  }

  /** Whether the module changes the weight; a full difference may change only the bias. */
  public boolean changesWeight() {
    return switch (kind) {
      case FULL -> find(Part.DIFF).isPresent();
      case NORM -> find(Part.W_NORM).isPresent();
      case LORA, LOHA, LOKR, IA3, GLORA, OFT, BOFT, OLD_OFT, REPLACED -> true;
    };
  }

  /** Whether the module changes the bias. */
  public boolean changesBias() {
    return find(Part.DIFF_B).isPresent()
        || find(Part.B_NORM).isPresent()
        || find(Part.LORA_BIAS).isPresent();
  }

  /**
   * Whether a GLoRA module has the layout of the first release of LyCORIS, where {@code a1} and
   * {@code b1} are the factors with few rows: {@code a1} [rank, in], {@code a2} [in, rank], {@code
   * b1} [rank, in], {@code b2} [out, rank]. The current layout transposes each of them. The shapes
   * of a square layer match both layouts; the one with the smaller rank is chosen.
   */
  public boolean hasOldGlora() {
    return glora(0, 1) && (!glora(1, 0) || size(Part.A1, 0) < size(Part.A1, 1));
  }

  /**
   * Whether the ranks of GLoRA's factors agree, given the dimension that is the rank in a1 and b1.
   */
  boolean glora(int first, int second) {
    long rank = size(Part.A1, first);
    return size(Part.A2, second) == rank
        && size(Part.B1, first) == rank
        && size(Part.B2, second) == rank
        && size(Part.A1, second) == size(Part.A2, first)
        && size(Part.A1, second) == size(first == 0 ? Part.B1 : Part.B2, 1);
  }

  /** The size of the weight that it changes, as far as its tensors define it. */
  public Extent extent() {
    Extent whole = rows.map(chosen -> whole().withRows(chosen.count())).orElseGet(this::whole);
    return columns.map(chosen -> whole.withColumns(chosen.count())).orElse(whole);
  }

  /** The name and size of the layer, from which the family of a file is detected. */
  LayerName layer() {
    Extent size = extent();
    List<Long> down = kind == Kind.LORA ? part(Part.LORA_DOWN).shape() : List.of();
    return LayerName.of(key, size.out(), size.in(), down);
  }

  private Extent whole() {
    return switch (kind) {
      case LORA -> Extent.of(size(Part.LORA_UP, 0), columns(Part.LORA_DOWN, Part.LORA_MID));
      case LOHA ->
          Extent.of(
              size(Part.HADA_W1_A, find(Part.HADA_T1).isPresent() ? 1 : 0),
              columns(Part.HADA_W1_B, Part.HADA_T1));
      case LOKR -> lokrExtent();
      case GLORA ->
          hasOldGlora()
              ? Extent.of(size(Part.B2, 0), columns(Part.B1, Part.BM))
              : Extent.of(size(Part.B1, 0), columns(Part.B2, Part.BM));
      case IA3 -> Extent.either(part(Part.WEIGHT).elements());
      case OFT -> Extent.rows(size(Part.OFT_BLOCKS, 0) * size(Part.OFT_BLOCKS, 1));
      case BOFT -> Extent.rows(size(Part.OFT_BLOCKS, 1) * size(Part.OFT_BLOCKS, 2));
      case OLD_OFT -> Extent.rows(size(Part.OFT_DIAG, 0) * size(Part.OFT_DIAG, 1));
      case FULL ->
          find(Part.DIFF)
              .map(diff -> Extent.of(size(Part.DIFF, 0), diff.elements() / size(Part.DIFF, 0)))
              .orElseGet(() -> Extent.rows(part(Part.DIFF_B).elements()));
      case REPLACED -> Extent.of(part(Part.WEIGHT).elements(), 1);
      case NORM -> Extent.of(find(Part.W_NORM).orElseGet(() -> part(Part.B_NORM)).elements(), 1);
    };
  }

  private Extent lokrExtent() {
    boolean tucker = find(Part.LOKR_T2).isPresent();
    boolean full1 = find(Part.LOKR_W1).isPresent();
    boolean full2 = find(Part.LOKR_W2).isPresent();
    long out1 = full1 ? size(Part.LOKR_W1, 0) : size(Part.LOKR_W1_A, 0);
    long in1 = full1 ? size(Part.LOKR_W1, 1) : size(Part.LOKR_W1_B, 1);
    long out2 = full2 ? size(Part.LOKR_W2, 0) : size(Part.LOKR_W2_A, tucker ? 1 : 0);
    long in2 =
        full2
            ? part(Part.LOKR_W2).elements() / size(Part.LOKR_W2, 0)
            : columns(Part.LOKR_W2_B, Part.LOKR_T2);
    return Extent.of(out1 * out2, in1 * in2);
  }

  /** The columns of a factor, times the sides of the kernel if a core holds it. */
  private long columns(Part factor, Part core) {
    long columns = part(factor).elements() / size(factor, 0);
    return columns * find(core).map(c -> c.elements() / size(core, 0) / size(core, 1)).orElse(1L);
  }

  private long size(Part part, int dimension) {
    return part(part).shape().get(dimension);
  }
}
