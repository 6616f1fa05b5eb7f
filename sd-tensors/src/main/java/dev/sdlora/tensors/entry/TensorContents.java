package dev.sdlora.tensors.entry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of the head of a tensor file.
 *
 * @param dataStart the offset in bytes where the head ends and the tensors begin; 0 if they are
 *     mixed
 * @param metadata the metadata pairs, in file order
 * @param values the plain values of a pickle that are not tensors
 * @param tensors the tensors by name, in file order
 * @param strides for each tensor that is not contiguous, the distance between neighbours along each
 *     dimension, in elements
 * @param starts for each view that begins in the middle of its tensor, the number of bytes before
 *     that place
 * @param headLength the number of bytes at the beginning used to detect changes of the file
 */
public record TensorContents(
    long dataStart,
    Map<String, String> metadata,
    Map<String, String> values,
    Map<String, TensorEntry> tensors,
    Map<String, List<Long>> strides,
    Map<String, Long> starts,
    int headLength) {

  /** The largest checkpoints, with averages and optimizer states, have 10,000 tensors. */
  public static final int MAX_TENSORS = 40_000;

  /** Makes the maps unmodifiable. */
  public TensorContents {
    metadata = Collections.unmodifiableMap(metadata);
    values = Collections.unmodifiableMap(values);
    tensors = Collections.unmodifiableMap(tensors);
    strides = Map.copyOf(strides);
    starts = Map.copyOf(starts);
  }

  /** Creates the contents of a file without views. */
  public TensorContents(
      long dataStart,
      Map<String, String> metadata,
      Map<String, String> values,
      Map<String, TensorEntry> tensors,
      Map<String, List<Long>> strides,
      int headLength) {
    this(dataStart, metadata, values, tensors, strides, Map.of(), headLength);
  }

  /** Consecutive bytes of the values of a tensor. */
  public record Part(long position, long length) {}

  /** Returns the tensor with this name, if the file has it. */
  public Optional<TensorEntry> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Whether an entry is a tensor of the file, which may be reshaped, or some rows of one. */
  public boolean has(TensorEntry entry) {
    return find(entry.name())
        .filter(known -> known.dtype() == entry.dtype())
        .filter(known -> known.offset() <= entry.offset())
        .filter(known -> entry.offset() - known.offset() <= known.byteLength())
        .filter(
            known -> entry.byteLength() <= known.byteLength() - (entry.offset() - known.offset()))
        .isPresent();
  }

  /**
   * Returns the distance between neighbours along each dimension of a tensor of the file, in
   * elements.
   */
  public List<Long> strides(TensorEntry entry) {
    List<Long> known = strides.get(entry.name());
    return known == null ? inOneRow(entry.shape()) : known;
  }

  /** Returns the strides of a contiguous tensor in row-major order. */
  public static List<Long> inOneRow(List<Long> shape) {
    Long[] strides = new Long[shape.size()];
    long step = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      strides[i] = step;
      step *= shape.get(i);
    }
    return List.of(strides);
  }

  /** Returns the offset in a tensor of the file at which its view begins, in bytes; usually 0. */
  public long start(TensorEntry entry) {
    return starts.getOrDefault(entry.name(), 0L);
  }

  /** Returns the parts of a tensor in their order: one, or two if it begins in its middle. */
  public List<Part> parts(TensorEntry entry) {
    long start = start(entry);
    if (start == 0) {
      return List.of(new Part(entry.offset(), entry.byteLength()));
    }
    TensorEntry whole = find(entry.name()).orElseThrow();
    long first = (start + entry.offset() - whole.offset()) % whole.byteLength();
    long untilEnd = Math.min(entry.byteLength(), whole.byteLength() - first);
    Part part = new Part(whole.offset() + first, untilEnd);
    return untilEnd == entry.byteLength()
        ? List.of(part)
        : List.of(part, new Part(whole.offset(), entry.byteLength() - untilEnd));
  }
}
