package dev.sdlora.tensors.entry;

import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The quantised tensors of a file, which look as if their values were stored in float32 after the
 * end of the file. They can therefore be cut, swapped, transposed and renamed like others, and
 * every part is computed when it is read. Immutable.
 */
public final class QuantisedTensors {
  private static final int WIDTH = DType.F32.bytes();

  /** The most elements computed at once, unless a group has more. */
  private static final int PIECE = 1 << 16;

  private final NavigableMap<Long, QuantisedTensor> places;

  private QuantisedTensors(NavigableMap<Long, QuantisedTensor> places) {
    this.places = places;
  }

  /**
   * The quantised tensors and the content of the head that shows their values.
   *
   * @param tensors the quantised tensors
   * @param contents the content of the head, with an entry for the values of each quantised tensor
   *     and without the tensors that only describe it
   */
  public record Shown(QuantisedTensors tensors, TensorContents contents) {}

  /**
   * Replaces tensors by their values.
   *
   * @param stored the content of the head as stored
   * @param fileSize the size of the file in bytes
   * @param quantised the quantised tensors, with names that the file has
   * @param notes further tensors that have no values of a network
   */
  public static Shown show(
      TensorContents stored, long fileSize, List<QuantisedTensor> quantised, Set<String> notes) {
    Map<String, TensorEntry> values = new LinkedHashMap<>();
    NavigableMap<Long, QuantisedTensor> places = new TreeMap<>();
    Set<String> gone = new HashSet<>(notes);
    long next = fileSize + WIDTH;
    for (QuantisedTensor tensor : quantised) {
      long length = TensorEntry.byteLength(tensor.shape(), DType.F32);
      values.put(
          tensor.name(), new TensorEntry(tensor.name(), DType.F32, tensor.shape(), next, length));
      places.put(next, tensor);
      gone.addAll(tensor.used());
      next = Math.addExact(next, Math.max(WIDTH, length));
    }
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    stored
        .tensors()
        .forEach(
            (name, entry) -> {
              TensorEntry shown = values.get(name);
              if (shown != null || !gone.contains(name)) {
                tensors.put(name, shown == null ? entry : shown);
              }
            });
    return new Shown(
        new QuantisedTensors(Collections.unmodifiableNavigableMap(places)),
        new TensorContents(
            stored.dataStart(),
            stored.metadata(),
            stored.values(),
            tensors,
            stored.strides(),
            stored.headLength()));
  }

  /** Returns the quantised tensor whose values an entry shows; empty if it is stored as it is. */
  public Optional<QuantisedTensor> find(TensorEntry entry) {
    return Optional.ofNullable(places.floorEntry(entry.offset())).map(Map.Entry::getValue);
  }

  /**
   * Returns the bytes from which the elements in parts of a tensor are computed.
   *
   * @param parts positions and lengths in bytes of the values, in order
   * @return the bytes; empty if the parts are not quantised, cut blocks or the elements of a scale,
   *     or need more than a scale
   */
  public Optional<StoredBytes> stored(List<TensorContents.Part> parts) {
    Map.Entry<Long, QuantisedTensor> place = places.floorEntry(parts.get(0).position());
    if (place == null) {
      return Optional.empty();
    }
    List<StoredBytes.Piece> pieces = new ArrayList<>();
    for (TensorContents.Part part : parts) {
      long first = (part.position() - place.getKey()) / WIDTH;
      Optional<StoredBytes.Piece> piece =
          place.getValue().widening().stored(first, part.length() / WIDTH);
      if (piece.isEmpty()) {
        return Optional.empty();
      }
      pieces.add(piece.get());
    }
    return place.getValue().widening().stored(pieces);
  }

  /**
   * Fills a buffer up to its limit from a position in the file, or with the values of a quantised
   * tensor as little-endian float32.
   *
   * @throws IllegalArgumentException if the part of a quantised tensor cuts an element
   */
  public void read(Path path, FileChannel channel, ByteBuffer target, long position)
      throws IOException {
    Map.Entry<Long, QuantisedTensor> place = places.floorEntry(position);
    if (place == null) {
      Channels.readFully(channel, target, position);
      return;
    }
    long offset = position - place.getKey();
    if (offset % WIDTH != 0 || target.remaining() % WIDTH != 0) {
      throw new IllegalArgumentException(
          "tensor '%s' has elements of %s bytes, cannot read %s bytes at offset %s"
              .formatted(place.getValue().name(), WIDTH, target.remaining(), offset));
    }
    read(new StoredValues(path, channel), place.getValue(), offset / WIDTH, target);
  }

  private static void read(
      StoredValues stored, QuantisedTensor tensor, long first, ByteBuffer target)
      throws IOException {
    long elements = TensorEntry.byteLength(tensor.shape(), DType.F32) / WIDTH;
    long end = first + target.remaining() / WIDTH;
    int unit = tensor.widening().unit();
    int most = Math.max(unit, PIECE / unit * unit);
    long at = first;
    while (at < end) {
      long from = at - at % unit;
      long until = Math.min(Math.min(from + most, (end + unit - 1) / unit * unit), elements);
      float[] values = new float[(int) (until - from)];
      tensor.widening().read(stored, from, values);
      int count = (int) (Math.min(until, end) - at);
      target
          .slice(target.position(), count * WIDTH)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(values, (int) (at - from), count);
      target.position(target.position() + count * WIDTH);
      at += count;
    }
  }
}
