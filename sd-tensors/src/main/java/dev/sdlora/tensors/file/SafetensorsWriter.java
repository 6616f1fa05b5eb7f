package dev.sdlora.tensors.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.ExactChannel;
import dev.sdlora.tensors.io.ReplacedFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file. {@link #write} streams the tensors one after another, so the file may
 * be far larger than the heap. In the file, tensors with wider elements come first, so that every
 * element is aligned; otherwise tensors keep the order in which they were added. Not thread-safe;
 * may write more than once.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Creates a writer without tensors or metadata, which make a valid file as well. */
  public SafetensorsWriter() {}

  /** Supplies the bytes of one tensor, little endian, when they are written. */
  @FunctionalInterface
  public interface Source {
    /**
     * Writes exactly the bytes of the tensor. Each write to the channel takes all bytes of its
     * buffer; closing the channel does nothing.
     *
     * @throws IOException if the bytes are unavailable, which aborts the write
     */
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private record Tensor(DType dtype, List<Long> shape, long byteLength, Source source) {}

  /**
   * Adds a metadata pair; a later value for the same key replaces the earlier one.
   *
   * @throws IllegalArgumentException if either text has an unpaired surrogate
   */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(encodable(key, "metadata key"), encodable(value, "metadata value"));
    return this;
  }

  /**
   * Adds a tensor whose bytes come from a source.
   *
   * @param shape the sizes of its dimensions; empty for a scalar
   * @throws IllegalArgumentException if the name is taken, reserved or has an unpaired surrogate,
   *     or if the shape has a negative size or overflows
   */
  public SafetensorsWriter tensor(String name, DType dtype, List<Long> shape, Source source) {
    encodable(name, "tensor name");
    if (name.equals(HeaderParser.METADATA)) {
      throw new IllegalArgumentException("tensor name is reserved: " + name);
    }
    List<Long> sizes = List.copyOf(shape);
    Tensor tensor = new Tensor(dtype, sizes, TensorEntry.byteLength(sizes, dtype), source);
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("tensor was already added: " + name);
    }
    return this;
  }

  /**
   * Adds a tensor of floats, rounded to the nearest value of the dtype.
   *
   * @param values the elements in row-major order; not copied, so they must not change until the
   *     file is written
   * @param dtype F32, F16 or BF16
   * @throws IllegalArgumentException as the other method, or if the number of values does not match
   *     the shape, or the dtype is another
   */
  public SafetensorsWriter tensor(String name, List<Long> shape, float[] values, DType dtype) {
    Source source = floats(values, dtype);
    if (TensorEntry.byteLength(shape, dtype) != (long) values.length * dtype.bytes()) {
      throw new IllegalArgumentException(
          "tensor '%s' has shape %s but %s values".formatted(name, shape, values.length));
    }
    return tensor(name, dtype, shape, source);
  }

  /**
   * Returns a source of floats, rounded to the nearest value of the dtype.
   *
   * @param values not copied, so they must not change until they are written
   * @param dtype F32, F16 or BF16
   * @throws IllegalArgumentException if the dtype is another
   */
  public static Source floats(float[] values, DType dtype) {
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalArgumentException("dtype must be F32, F16 or BF16: " + dtype);
    }
    return channel -> writeFloats(values, dtype, channel);
  }

  /**
   * Writes the file and replaces an existing one. The file appears under its name only when it is
   * complete: until then, and after a failure, an existing file is unchanged.
   *
   * @throws TensorFileException if the file cannot be written, for example because the disk is full
   *     or the folder is missing; no partial file remains
   * @throws IllegalStateException if a source writes more or fewer bytes than its tensor has, or if
   *     the header is larger than the 16 MB that this library reads
   */
  public void write(Path path) {
    ReplacedFile.writeTensors(path, this::writeAll);
  }

  private void writeAll(FileChannel channel) throws IOException {
    // A stable sort: tensors with elements of equal width keep their order.
    List<Map.Entry<String, Tensor>> inFileOrder =
        tensors.entrySet().stream()
            .sorted(Comparator.comparingInt(entry -> -entry.getValue().dtype().bytes()))
            .toList();
    ByteBuffer header = header(inFileOrder);
    Channels.writeFully(channel, header);
    for (Map.Entry<String, Tensor> entry : inFileOrder) {
      Tensor tensor = entry.getValue();
      ExactChannel exact = new ExactChannel(channel, entry.getKey(), tensor.byteLength());
      tensor.source().writeTo(exact);
      exact.requireComplete();
    }
  }

  /** Returns the length prefix, the JSON, and padding blanks for alignment. */
  private ByteBuffer header(List<Map.Entry<String, Tensor>> inFileOrder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(HeaderParser.METADATA);
        for (Map.Entry<String, String> pair : metadata.entrySet()) {
          json.writeStringField(pair.getKey(), pair.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (Map.Entry<String, Tensor> entry : inFileOrder) {
        writeEntry(json, entry.getKey(), entry.getValue(), offset);
        offset += entry.getValue().byteLength();
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > HeaderParser.MAX_BYTES) {
      throw new IllegalStateException(
          "header must have at most %s bytes: %s".formatted(HeaderParser.MAX_BYTES, bytes.size()));
    }
    return ByteBuffer.allocate(Long.BYTES + bytes.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.size())
        .put(bytes.toByteArray())
        .flip();
  }

  private static void writeEntry(JsonGenerator json, String name, Tensor tensor, long offset)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", tensor.dtype().name());
    json.writeArrayFieldStart("shape");
    for (long size : tensor.shape()) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("data_offsets");
    json.writeNumber(offset);
    json.writeNumber(offset + tensor.byteLength());
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeFloats(float[] values, DType dtype, WritableByteChannel channel)
      throws IOException {
    int step = Channels.CHUNK_BYTES / dtype.bytes();
    ByteBuffer chunk =
        ByteBuffer.allocate(Math.min(values.length, step) * dtype.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += step) {
      int to = Math.min(values.length - from, step) + from;
      Floats.encode(dtype, values, from, to, chunk.clear());
      channel.write(chunk.flip());
    }
  }

  /** Returns a text after checking that it has no unpaired surrogates. */
  static String encodable(String text, String what) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(what + " has an unpaired surrogate: " + text);
    }
    return text;
  }
}
