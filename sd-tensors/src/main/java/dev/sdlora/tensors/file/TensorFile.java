package dev.sdlora.tensors.file;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.QuantisedTensor;
import dev.sdlora.tensors.entry.StoredBytes;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.FileStamp;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tensor file whose header has been parsed and checked. The tensors stay on disk until a {@link
 * #reader()} reads them. Immutable, safe to share between threads; holds no open file.
 *
 * <p>It is a safetensors file, a GGUF file, or one that {@code torch.save} wrote ({@code .pt},
 * {@code .bin}, {@code .ckpt}); its first bytes decide which. The quantised tensors of a GGUF file
 * are float32 to callers: they are widened when they are read. Only tensors are read from PyTorch
 * files, and nothing in them is executed: see {@link dev.sdlora.tensors.pickle.PickleReader}.
 *
 * <p>Any part of a split GGUF file ({@code -00001-of-00003.gguf}) stands for all of them, which
 * must be in one folder.
 *
 * <p>Weights in {@linkplain #storage quantised formats} appear as float32 in their real shape, and
 * are widened when they are read; the tensors that only describe them do not appear.
 *
 * <p>The tensors of a safetensors file must cover the data section exactly: no gaps, no overlaps,
 * no trailing bytes. That is the rule of the reference implementation, and it catches most damaged
 * downloads. Keys other than dtype, shape and data_offsets are ignored, as in the reference, so
 * that later additions to the format can be read.
 *
 * <p>The cost of opening a file is limited in advance: a header has at most 16 MB, a pickle at most
 * 32 MB and 2 million instructions; there are at most 40,000 tensors with names of at most 4,096
 * characters. Files at these limits, which no model reaches, are read in about a second, and only
 * metadata can take more than some 50 MB of memory.
 */
public final class TensorFile {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Path path;
  private final FileHead head;

  private TensorFile(Path path, FileHead head) {
    this.path = path;
    this.head = head;
  }

  /**
   * Reads and checks the header of a file.
   *
   * @throws TensorFileException if the file is missing, unreadable, damaged, or not a tensor file;
   *     the message names the file, the reason and the likely cause
   * @throws dev.sdlora.api.error.GenerationCancelledException as {@link Cancellation#check}
   */
  public static TensorFile open(Path path) {
    return new TensorFile(path, FileHead.read(path));
  }

  /** Returns the path that was opened. */
  public Path path() {
    return path;
  }

  /** Returns the file, or all parts of a split GGUF file in their order. */
  public List<Path> parts() {
    return head.stamps().stream().map(FileStamp::path).toList();
  }

  /** Whether the sizes and modification times of all parts are as when they were opened. */
  public boolean isCurrent() {
    return head.stamps().stream().allMatch(FileStamp::isCurrent);
  }

  /**
   * Returns the metadata pairs in header order, unmodifiable; empty for a PyTorch file. Those of a
   * GGUF file are its numbers, flags and short strings; arrays are left out.
   */
  public Map<String, String> metadata() {
    return contents().metadata();
  }

  /**
   * Returns the plain values at the top level of a PyTorch file that are not tensors, as Python
   * writes them: words, numbers, {@code True}, {@code [1, 2, 1]}. Unmodifiable; empty for a
   * safetensors file.
   */
  public Map<String, String> values() {
    return contents().values();
  }

  /** Returns the tensors by name in the order of their data, unmodifiable. */
  public Map<String, TensorEntry> tensors() {
    return contents().tensors();
  }

  /** Returns the tensor with this name, if the file has it. */
  public Optional<TensorEntry> find(String name) {
    return contents().find(name);
  }

  /**
   * Returns the same file with additional tensors.
   *
   * @param views views of the file's tensors; a view replaces a tensor of the same name
   */
  public TensorFile with(List<TensorView> views) {
    if (views.isEmpty()) {
      return this;
    }
    return new TensorFile(path, head.with(TensorView.added(contents(), views)));
  }

  /** Whether this is a GGUF file. */
  public boolean isGguf() {
    return head.gguf();
  }

  /** Whether the values of a tensor of this file are computed from a quantised format. */
  public boolean isQuantised(TensorEntry entry) {
    return head.quantised().find(entry).isPresent();
  }

  /**
   * Returns the format in which a tensor of this file is stored: the label of its dtype, or a
   * quantised format: {@code float8_e4m3 scaled}, {@code float8_e5m2 scaled}, {@code int8 scaled},
   * {@code int8 rotated}, {@code mxfp8}, {@code nvfp4}, {@code nf4}, or that of the blocks of a
   * GGUF file, such as {@code Q4_K}.
   */
  public String storage(TensorEntry entry) {
    return head.quantised().find(entry).map(QuantisedTensor::format).orElse(entry.dtype().label());
  }

  /**
   * Returns the bytes from which the values of a tensor of this file are computed: those of a
   * quantised tensor, or of 8-bit floats.
   *
   * @return the bytes; empty if the tensor has another format, if its elements are not in order, or
   *     if it cuts a block, or a row with scales of its own
   * @throws IllegalArgumentException if the entry does not belong to this file
   */
  public Optional<StoredBytes> stored(TensorEntry entry) {
    requireOwn(entry);
    if (contents().strides().containsKey(entry.name()) || entry.elements() == 0) {
      return Optional.empty();
    }
    List<TensorContents.Part> parts = contents().parts(entry);
    if (!entry.dtype().isFloat8()) {
      return head.quantised().stored(parts);
    }
    return Optional.of(
        new StoredBytes(
            entry.dtype().name(),
            1,
            1,
            parts.stream()
                .map(part -> new StoredBytes.Piece(part.position(), 0, part.length()))
                .toList(),
            Optional.empty()));
  }

  /** The entry may be reshaped, or be some rows of a tensor. */
  private void requireOwn(TensorEntry entry) {
    if (!contents().has(entry)) {
      throw new IllegalArgumentException(
          "tensor '" + entry.name() + "' does not belong to the file '" + path + "'");
    }
  }

  /** Returns what the head of the file says about its tensors. */
  TensorContents contents() {
    return head.contents();
  }

  /**
   * Returns the offset in bytes where the header ends and the tensors begin; 0 for a PyTorch file,
   * which mixes them.
   */
  public long dataStart() {
    return contents().dataStart();
  }

  /** Returns the size of the whole file, or of all parts, in bytes. */
  public long fileSize() {
    return head.size();
  }

  /**
   * Opens the file to read its tensors. The caller closes the reader. Weights that a program
   * overwrites in place go unnoticed if it restores size, modification time and header.
   *
   * @throws TensorFileException if the file cannot be read, or if its size, modification time or
   *     header has changed since {@link #open(Path)}
   */
  public Reader reader() {
    return new Reader(this, openUnchanged());
  }

  /** Opens the file after the same checks as {@link #reader()}. */
  FileChannel openUnchanged() {
    return head.openUnchanged(path);
  }

  @Override
  public String toString() {
    return "TensorFile[" + path + ", " + contents().tensors().size() + " tensors]";
  }

  /** Reads tensors from an open file. Thread-safe; an interrupt during a read closes it. */
  public static final class Reader implements AutoCloseable {
    private final TensorFile file;
    private final OpenTensors open;

    private Reader(TensorFile file, FileChannel channel) {
      this.file = file;
      this.open = new OpenTensors(file.path, file.head, channel);
    }

    /** Returns the file that this reader reads. */
    public TensorFile file() {
      return file;
    }

    /**
     * Copies the bytes of a tensor, little endian as on disk, into a buffer and advances its
     * position.
     *
     * @throws IllegalArgumentException if the entry does not belong to this file, or the buffer has
     *     less room than {@code entry.byteLength()}
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException if the file has been truncated or cannot be read; the position is
     *     then undefined
     */
    public void read(TensorEntry entry, ByteBuffer target) {
      file.requireOwn(entry);
      if (target.remaining() < entry.byteLength()) {
        throw new IllegalArgumentException(
            "tensor '%s' needs %s bytes, but the buffer has room for %s"
                .formatted(entry.name(), entry.byteLength(), target.remaining()));
      }
      int limit = target.limit();
      try {
        target.limit(target.position() + (int) entry.byteLength());
        open.fill(entry, 0, target);
      } finally {
        target.limit(limit);
      }
    }

    /**
     * Copies a part of a tensor, little endian as on disk, into a buffer: as many bytes as the
     * buffer has remaining. The position of the buffer moves to its limit.
     *
     * @param from the offset of the first byte from the start of the tensor
     * @throws IllegalArgumentException if the entry does not belong to this file, or the part
     *     extends past the tensor
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}
     */
    public void read(TensorEntry entry, long from, ByteBuffer target) {
      file.requireOwn(entry);
      if (from < 0 || from + target.remaining() > entry.byteLength()) {
        throw new IllegalArgumentException(
            "tensor '%s' has %s bytes, cannot read %s at offset %s"
                .formatted(entry.name(), entry.byteLength(), target.remaining(), from));
      }
      open.fill(entry, from, target);
    }

    /**
     * Returns the bytes of a tensor in a new little-endian heap buffer, from position 0 to the
     * limit.
     *
     * @throws IllegalArgumentException if the entry does not belong to this file
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}, or if the tensor has 2
     *     GB or more
     */
    public ByteBuffer bytes(TensorEntry entry) {
      file.requireOwn(entry);
      ByteBuffer bytes = ByteBuffer.allocate(arrayLength(entry, entry.byteLength(), "bytes"));
      open.fill(entry, 0, bytes);
      return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns the elements of a tensor as floats, in row-major order. Doubles and wide integers are
     * rounded to the nearest float; booleans become 0 or 1.
     *
     * @throws IllegalArgumentException if the entry does not belong to this file
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}, or if there are more
     *     elements than an array can hold (2^31)
     */
    public float[] floats(TensorEntry entry) {
      return floats(entry, 0, arrayLength(entry, entry.elements(), "elements"));
    }

    /**
     * Returns some of the elements as floats, like {@link #floats(TensorEntry)}.
     *
     * @param first the index of the first element
     * @param count the number of elements, within the tensor
     * @throws IllegalArgumentException as {@link #floats(TensorEntry)}, or if the tensor has fewer
     *     elements
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}
     */
    public float[] floats(TensorEntry entry, long first, int count) {
      file.requireOwn(entry);
      if (first < 0 || count < 0 || first + count > entry.elements()) {
        throw new IllegalArgumentException(
            "tensor '%s' has %s elements, cannot read %s at index %s"
                .formatted(entry.name(), entry.elements(), count, first));
      }
      float[] floats = new float[count];
      int width = entry.dtype().bytes();
      long length = (long) count * width;
      int chunk = (int) Math.min(length, Channels.CHUNK_BYTES);
      ByteBuffer bytes = ByteBuffer.allocate(chunk).order(ByteOrder.LITTLE_ENDIAN);
      for (long done = 0; done < length; done += bytes.limit()) {
        bytes.clear().limit((int) Math.min(length - done, chunk));
        open.fill(entry, first * width + done, bytes);
        Floats.decode(entry.dtype(), bytes.flip(), floats, (int) (done / width));
      }
      return floats;
    }

    /**
     * Copies stored blocks into a buffer, as many as it has remaining, and advances its position.
     *
     * @param stored what the file stores for one of its tensors
     * @param first the index of the first block
     * @throws IllegalArgumentException if there are fewer blocks, or the buffer has room for a part
     *     of one
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}
     */
    public void blocks(StoredBytes stored, long first, ByteBuffer target) {
      open.blocks(stored, first, target);
    }

    /**
     * Returns the factors outside stored blocks, as many as {@link StoredBytes#factors}.
     *
     * @param stored what the file stores for one of its tensors
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException if one is NaN or infinite, or the file cannot be read
     */
    public float[] factors(StoredBytes stored) {
      return open.factors(stored);
    }

    /** Closes the file. Has no effect if already closed. */
    @Override
    public void close() {
      open.close();
    }

    private int arrayLength(TensorEntry entry, long length, String unit) {
      if (length > LARGEST_ARRAY) {
        throw TensorFileErrors.tensorError(
            file.path,
            entry.name(),
            "has tensor '%s' with %s %s, more than the %s of a Java array"
                .formatted(entry.name(), length, unit, LARGEST_ARRAY));
      }
      return (int) length;
    }
  }
}
