package dev.sdlora.tensors.file;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.gguf.GgufMetadata;
import dev.sdlora.tensors.file.gguf.GgufParts;
import dev.sdlora.tensors.file.gguf.GgufType;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.ExactChannel;
import dev.sdlora.tensors.io.ReplacedFile;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file of version 3, aligned to 32 bytes. {@link #write} streams the tensors one
 * after another in the order in which they were added, so the file may be far larger than the heap.
 * Not thread-safe; may write more than once.
 */
public final class GgufWriter {
  /** The maximum number of dimensions in ggml. */
  public static final int MAX_DIMENSIONS = 4;

  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;

  private final Map<String, byte[]> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Creates a writer without tensors or metadata, which make a valid file as well. */
  public GgufWriter() {}

  private record Tensor(
      int type, List<Long> shape, long byteLength, SafetensorsWriter.Source source) {}

  /**
   * Adds a string to the metadata; a later value for the same key replaces the earlier one.
   *
   * @throws IllegalArgumentException if the key is longer than readers accept, or a text has an
   *     unpaired surrogate
   */
  public GgufWriter metadata(String key, String value) {
    ByteArrayOutputStream bytes = kind(GgufType.STRING);
    text(bytes, SafetensorsWriter.encodable(value, "metadata value"));
    return pair(key, bytes.toByteArray());
  }

  /** Adds an unsigned integer of 32 bits to the metadata, otherwise like a string. */
  public GgufWriter metadata(String key, long value) {
    ByteArrayOutputStream bytes = kind(GgufType.UINT32);
    int32(bytes, (int) value);
    return pair(key, bytes.toByteArray());
  }

  /** Adds a float to the metadata, otherwise like a string. */
  public GgufWriter metadata(String key, float value) {
    ByteArrayOutputStream bytes = kind(GgufType.FLOAT32);
    int32(bytes, Float.floatToRawIntBits(value));
    return pair(key, bytes.toByteArray());
  }

  /**
   * Adds the metadata of another GGUF file byte by byte, with its arrays such as a vocabulary.
   * Leaves out what this writer or its caller decides: the alignment, the shapes of flattened
   * tensors, the parts of a split file, and keys that are already there.
   *
   * @throws TensorFileException if the file cannot be read or has changed
   * @throws IllegalArgumentException if it is not a GGUF file
   */
  public GgufWriter metadataOf(TensorFile file) {
    try (FileChannel channel = file.openUnchanged()) {
      GgufMetadata.raw(file.path(), channel, file.fileSize())
          .forEach(
              (key, value) -> {
                boolean own =
                    key.equals(GgufMetadata.ALIGNMENT)
                        || key.startsWith(GgufMetadata.SHAPE)
                        || key.startsWith(GgufParts.KEYS);
                if (!own) {
                  metadata.putIfAbsent(key, value);
                }
              });
    } catch (IOException e) {
      throw TensorFileErrors.ioError(file.path(), "cannot be read", e);
    }
    return this;
  }

  /**
   * Adds the shape of a tensor that is flattened, which ComfyUI-GGUF and this library read.
   *
   * @param shape the sizes of its dimensions, outermost first
   */
  public GgufWriter originalShape(String tensor, List<Long> shape) {
    ByteArrayOutputStream bytes = kind(GgufType.ARRAY);
    int32(bytes, GgufType.INT32);
    int64(bytes, shape.size());
    shape.forEach(size -> int32(bytes, Math.toIntExact(size)));
    return pair(GgufMetadata.SHAPE + tensor, bytes.toByteArray());
  }

  /**
   * Adds a tensor whose elements are stored one by one.
   *
   * @param dtype F16, BF16, F32, F64 or a signed integer
   * @param shape the sizes of its dimensions, outermost first; at most 4
   * @throws IllegalArgumentException if the name is taken or longer than readers accept, there are
   *     more dimensions, or GGUF does not have the dtype
   */
  public GgufWriter tensor(
      String name, DType dtype, List<Long> shape, SafetensorsWriter.Source source) {
    int type =
        GgufType.numberOf(dtype)
            .orElseThrow(
                () -> new IllegalArgumentException("GGUF files do not have the dtype " + dtype));
    return add(name, new Tensor(type, shape, TensorEntry.byteLength(shape, dtype), source));
  }

  /**
   * Adds a tensor that is stored in blocks along its rows, otherwise like other tensors.
   *
   * @throws IllegalArgumentException as the other method, or if rows do not consist of whole blocks
   */
  public GgufWriter tensor(
      String name, BlockType type, List<Long> shape, SafetensorsWriter.Source source) {
    long row = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
    if (row % type.elements() != 0) {
      throw new IllegalArgumentException(
          "rows of tensor '%s' must be multiples of %s elements: %s"
              .formatted(name, type.elements(), shape));
    }
    long blocks = TensorEntry.byteLength(shape, DType.U8) / type.elements();
    return add(name, new Tensor(type.number(), shape, blocks * type.bytes(), source));
  }

  private GgufWriter add(String name, Tensor tensor) {
    requireShort(name, "tensor name");
    if (tensor.shape().size() > MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "tensor '%s' must have at most %s dimensions: %s"
              .formatted(name, MAX_DIMENSIONS, tensor.shape()));
    }
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("tensor was already added: " + name);
    }
    return this;
  }

  private GgufWriter pair(String key, byte[] value) {
    requireShort(key, "metadata key");
    metadata.put(key, value);
    return this;
  }

  private static void requireShort(String text, String what) {
    int length = SafetensorsWriter.encodable(text, what).getBytes(StandardCharsets.UTF_8).length;
    if (length > GgufMetadata.MAX_NAME) {
      throw new IllegalArgumentException(
          "%s must have at most %s bytes: %s".formatted(what, GgufMetadata.MAX_NAME, length));
    }
  }

  /**
   * Writes the file and replaces an existing one. The file appears under its name only when it is
   * complete: until then, and after a failure, an existing file is unchanged.
   *
   * @throws TensorFileException if the file cannot be written, for example because the disk is full
   *     or the folder is missing; no partial file remains
   * @throws IllegalStateException if a source writes more or fewer bytes than its tensor has, or if
   *     the header is larger than this library reads
   */
  public void write(Path path) {
    ReplacedFile.writeTensors(path, this::writeAll);
  }

  private void writeAll(FileChannel channel) throws IOException {
    Channels.writeFully(channel, ByteBuffer.wrap(header()));
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ExactChannel exact = new ExactChannel(channel, entry.getKey(), tensor.byteLength());
      tensor.source().writeTo(exact);
      exact.requireComplete();
      Channels.writeFully(
          channel, ByteBuffer.allocate((int) -tensor.byteLength() & (ALIGNMENT - 1)));
    }
  }

  private byte[] header() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(bytes, VERSION);
    int64(bytes, tensors.size());
    int64(bytes, metadata.size());
    metadata.forEach(
        (key, value) -> {
          text(bytes, key);
          bytes.writeBytes(value);
        });
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      text(bytes, entry.getKey());
      int32(bytes, tensor.shape().size());
      for (int i = tensor.shape().size() - 1; i >= 0; i--) {
        int64(bytes, tensor.shape().get(i));
      }
      int32(bytes, tensor.type());
      int64(bytes, offset);
      offset += (tensor.byteLength() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    bytes.writeBytes(new byte[-bytes.size() & (ALIGNMENT - 1)]);
    if (bytes.size() > GgufMetadata.MAX_HEADER) {
      throw new IllegalStateException(
          "header must have at most %s bytes: %s".formatted(GgufMetadata.MAX_HEADER, bytes.size()));
    }
    return bytes.toByteArray();
  }

  private static ByteArrayOutputStream kind(int kind) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int32(bytes, kind);
    return bytes;
  }

  private static void text(ByteArrayOutputStream bytes, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes, utf8.length);
    bytes.writeBytes(utf8);
  }

  private static void int32(ByteArrayOutputStream bytes, int value) {
    bytes.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static void int64(ByteArrayOutputStream bytes, long value) {
    bytes.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  /** Whether GGUF files can have elements of a dtype. */
  public static boolean supports(DType dtype) {
    return GgufType.numberOf(dtype).isPresent();
  }
}
