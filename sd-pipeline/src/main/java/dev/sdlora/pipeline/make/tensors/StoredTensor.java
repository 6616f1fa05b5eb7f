package dev.sdlora.pipeline.make.tensors;

import dev.sdlora.lora.make.Baking;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of a single file to write, and the source of its values.
 *
 * @param name the name in the file to write
 * @param pieces its parts, concatenated by rows; several if the file to write fuses layers
 */
public record StoredTensor(String name, List<Piece> pieces) {
  public StoredTensor {
    pieces = List.copyOf(pieces);
  }

  /** The location of a weight that LoRAs can change, with its name in this library. */
  public record Place(Network network, String name, Origin origin) {}

  /**
   * A tensor of a checkpoint.
   *
   * @param entry the tensor, in the shape to write
   * @param weight the weight that it holds; empty if LoRAs cannot change it
   * @param order the order in which it holds the values of the weight
   */
  public record Piece(
      TensorFile file, TensorEntry entry, Optional<Place> weight, StoredOrder order) {
    /** The number of values processed at once. */
    private static final int PART = 1 << 16;

    /** Copies its bytes, or converts its values if the dtype differs. */
    void writeTo(WritableByteChannel channel, OpenFiles files, DType format) throws IOException {
      boolean asTheyAre = entry.dtype() == format;
      TensorFile.Reader reader = files.of(file);
      ByteBuffer bytes = ByteBuffer.allocate(asTheyAre ? PART * format.bytes() : 0);
      for (long first = 0; first < entry.elements(); first += PART) {
        Cancellation.check();
        int count = (int) Math.min(PART, entry.elements() - first);
        if (asTheyAre) {
          bytes.clear().limit(count * format.bytes());
          reader.read(entry, first * format.bytes(), bytes);
          channel.write(bytes.flip());
        } else {
          Baking.source(reader.floats(entry, first, count), format).writeTo(channel);
        }
      }
    }
  }

  /** Returns the shape in the file to write. */
  public List<Long> shape() {
    List<Long> shape = new ArrayList<>(pieces.get(0).entry.shape());
    if (pieces.size() > 1) {
      shape.set(0, pieces.stream().mapToLong(piece -> piece.entry.shape().get(0)).sum());
    }
    return shape;
  }

  /** Returns the number of values. */
  public long elements() {
    return pieces.stream().mapToLong(piece -> piece.entry.elements()).sum();
  }

  /** Returns a file that it is read from, for messages. */
  public TensorFile file() {
    return pieces.get(0).file;
  }

  /** Returns the dtype to write: its own, but float16 for 8-bit floats and quantised weights. */
  public DType format() {
    DType own = pieces.get(0).entry.dtype();
    if (!isStoredAs(own)) {
      return DType.F32;
    }
    boolean widened =
        own.isFloat8() || pieces.stream().allMatch(piece -> piece.file.isQuantised(piece.entry));
    return widened ? DType.F16 : own;
  }

  /** Returns the format of its source if that has fewer than 16 bits. */
  public Optional<String> lowBits() {
    return pieces.stream()
        .filter(piece -> piece.entry.dtype().isFloat8() || piece.file.isQuantised(piece.entry))
        .map(piece -> piece.file.storage(piece.entry))
        .findFirst();
  }

  /** Whether all pieces have this dtype. */
  public boolean isStoredAs(DType format) {
    return pieces.stream().allMatch(piece -> piece.entry.dtype() == format);
  }

  /** Whether it holds floating-point values. */
  public boolean isFloating() {
    return pieces.stream().allMatch(piece -> piece.entry.dtype().isFloating());
  }

  /** Returns all values. */
  public float[] floats(OpenFiles files) {
    return floats(files, 0, Math.toIntExact(elements()));
  }

  /**
   * Returns some of the values.
   *
   * @param first the index of the first value
   * @param count the number of values, within the tensor
   */
  public float[] floats(OpenFiles files, long first, int count) {
    float[] values = new float[count];
    long begin = 0;
    int done = 0;
    for (Piece piece : pieces) {
      long from = first + done - begin;
      int here = (int) Math.min(count - done, piece.entry.elements() - from);
      if (here > 0) {
        float[] some = files.of(piece.file).floats(piece.entry, from, here);
        System.arraycopy(some, 0, values, done, here);
        done += here;
      }
      begin += piece.entry.elements();
    }
    return values;
  }

  /** Writes its values with a dtype. */
  public void writeTo(WritableByteChannel channel, OpenFiles files, DType format)
      throws IOException {
    for (Piece piece : pieces) {
      piece.writeTo(channel, files, format);
    }
  }
}
