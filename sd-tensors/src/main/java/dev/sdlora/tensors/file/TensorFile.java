package dev.sdlora.tensors.file;

import dev.sdlora.api.error.TensorFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of tensors whose header has been read and checked. The tensors stay on disk until a {@link
 * #reader()} fetches them. Immutable, safe to share between threads; holds no open file.
 *
 * <p>It is a safetensors file or one that {@code torch.save} wrote ({@code .pt}, {@code .bin},
 * {@code .ckpt}); which, is told by its first bytes. Of PyTorch's files only tensors are read, and
 * nothing in them is executed: see {@link dev.sdlora.tensors.pickle.PickleReader}.
 *
 * <p>A safetensors file is refused unless its tensors cover the data section exactly: no holes, no
 * overlaps, no bytes left over. That is the rule of the reference implementation, and it catches
 * most damaged downloads. Unknown keys beside dtype, shape and data_offsets are ignored, as the
 * reference does, so that later additions to the format can be read.
 *
 * <p>What a file can cost to open is bounded before it is spent: a header has at most 100 MB, as
 * the reference allows, a pickle at most 32 MB and 2 million instructions; there are at most
 * 100,000 tensors with names of at most 4,096 characters. Far more than any model has, it is read
 * in about a second, and only metadata can take more than some 50 MB of memory.
 */
public final class TensorFile {
  private static final int LENGTH_BYTES = 8;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Path path;
  private final FileStamp stamp;
  private final long fileSize;
  private final TensorContents contents;

  private TensorFile(Path path, FileStamp stamp, long fileSize, TensorContents contents) {
    this.path = path;
    this.stamp = stamp;
    this.fileSize = fileSize;
    this.contents = contents;
  }

  /**
   * Reads and checks the header of a file.
   *
   * @throws TensorFileException if the file is missing, unreadable, damaged, or something else than
   *     a tensor file; the message names the file, the reason and the likely cause
   * @throws dev.sdlora.api.error.GenerationCancelledException as {@link Cancellation#check}
   */
  public static TensorFile open(Path path) {
    Cancellation.check();
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw TensorFileErrors.error(path, "is a folder, expected a tensor file");
      }
      if (!attributes.isRegularFile()) {
        throw TensorFileErrors.error(path, "is not a regular file");
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        long fileSize = channel.size();
        TensorContents contents = contents(path, channel, fileSize);
        WeightScales.require(path, contents.tensors());
        FileStamp stamp =
            new FileStamp(path, channel, attributes.lastModifiedTime(), contents.headLength());
        return new TensorFile(path, stamp, fileSize, contents);
      }
    } catch (NoSuchFileException e) {
      throw TensorFileErrors.error(path, "does not exist", e);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read", e);
    }
  }

  private static TensorContents contents(Path path, FileChannel channel, long fileSize)
      throws IOException {
    byte[] start = new byte[(int) Math.min(fileSize, ForeignFiles.PREFIX_BYTES)];
    Channels.readFully(channel, ByteBuffer.wrap(start), 0);
    if (ForeignFiles.isZip(start)) {
      return new TorchFiles(path, channel, fileSize).archive();
    }
    if (ForeignFiles.isPickle(start)) {
      return new TorchFiles(path, channel, fileSize).legacy();
    }
    int dataStart = LENGTH_BYTES + headerLength(path, start, fileSize);
    HeaderParser.Header header =
        HeaderParser.parse(
            path,
            Channels.stream(channel, LENGTH_BYTES, dataStart - LENGTH_BYTES),
            dataStart,
            fileSize);
    return new TensorContents(
        dataStart, header.metadata(), Map.of(), header.tensors(), Map.of(), dataStart);
  }

  private static int headerLength(Path path, byte[] start, long size) {
    Optional<String> foreign = ForeignFiles.recognise(start);
    if (foreign.isPresent()) {
      throw TensorFileErrors.error(path, foreign.get());
    }
    if (size < LENGTH_BYTES) {
      throw TensorFileErrors.error(
          path,
          "has %s bytes, fewer than the %s of a length prefix; it was probably cut off"
              .formatted(size, LENGTH_BYTES));
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 0 || length > HeaderParser.MAX_BYTES) {
      throw TensorFileErrors.error(
          path,
          "declares a header of %s bytes, more than the %s allowed; it is probably another format"
              .formatted(Long.toUnsignedString(length), HeaderParser.MAX_BYTES));
    }
    if (length > size - LENGTH_BYTES) {
      throw TensorFileErrors.error(
          path,
          "declares a header of %s bytes, but has only %s bytes in all; it was probably cut off"
              .formatted(length, size));
    }
    return (int) length;
  }

  /** The path that was opened. */
  public Path path() {
    return path;
  }

  /** The text pairs of the header in its order, unmodifiable; empty in a file of PyTorch. */
  public Map<String, String> metadata() {
    return contents.metadata();
  }

  /**
   * The plain values beside the tensors at the top of a file of PyTorch, as Python writes them:
   * words, numbers, {@code True}, {@code [1, 2, 1]}. Unmodifiable; empty in a safetensors file.
   */
  public Map<String, String> values() {
    return contents.values();
  }

  /** The tensors by name in the order of their data, unmodifiable. */
  public Map<String, TensorEntry> tensors() {
    return contents.tensors();
  }

  /** The tensor with this name, if the file has it. */
  public Optional<TensorEntry> find(String name) {
    return Optional.ofNullable(contents.tensors().get(name));
  }

  /**
   * The same file with further tensors.
   *
   * @param views of its own tensors; one with the name of a tensor takes its place
   * @throws TensorFileException if the factor on a view of 8 bits is missing or is not one number
   */
  public TensorFile with(List<TensorView> views) {
    if (views.isEmpty()) {
      return this;
    }
    TensorContents more = contents.with(views);
    // Under its other name a weight may have a factor, which nobody has looked at.
    WeightScales.require(path, more.tensors());
    return new TensorFile(path, stamp, fileSize, more);
  }

  /** How many elements lie between neighbours along each dimension of a tensor of this file. */
  List<Long> strides(TensorEntry entry) {
    List<Long> strides = contents.strides().get(entry.name());
    return strides == null ? TensorView.inOneRow(entry.shape()) : strides;
  }

  /**
   * Where the header ends and the tensors begin, in bytes from the start of the file; 0 in a file
   * of PyTorch, which has them mixed.
   */
  public long dataStart() {
    return contents.dataStart();
  }

  /** The size of the whole file in bytes. */
  public long fileSize() {
    return fileSize;
  }

  /**
   * Opens the file to read its tensors. The caller closes the reader. Weights that were overwritten
   * in place by a program which put size, time stamp and header back go unnoticed.
   *
   * @throws TensorFileException if the file cannot be read, or if its size, time stamp or header is
   *     not what it was at {@link #open(Path)}
   */
  public Reader reader() {
    return new Reader(this);
  }

  /** Opens the file after the same checks as {@link #reader()}. */
  FileChannel openUnchanged() {
    return stamp.openUnchanged();
  }

  @Override
  public String toString() {
    return "TensorFile[" + path + ", " + contents.tensors().size() + " tensors]";
  }

  /**
   * Fetches tensors from an open file. Safe to use from several threads at once; an interrupt
   * during a read closes it.
   */
  public static final class Reader implements AutoCloseable {
    private final TensorFile file;
    private final FileChannel channel;

    /** The one that was read last. */
    private volatile @Nullable StridedTensor scattered;

    private Reader(TensorFile file) {
      this.file = file;
      this.channel = file.openUnchanged();
    }

    /** The file that it reads. */
    public TensorFile file() {
      return file;
    }

    /**
     * Copies the bytes of a tensor, little endian as they are on disk, to a buffer's position and
     * moves the position behind them.
     *
     * @throws IllegalArgumentException if the entry is not of this file, or the buffer has less
     *     room than {@code entry.byteLength()}
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException if the file has been cut short or cannot be read; the position is
     *     then undefined
     */
    public void read(TensorEntry entry, ByteBuffer target) {
      requireOwn(entry);
      if (target.remaining() < entry.byteLength()) {
        throw new IllegalArgumentException(
            "tensor '%s' needs %s bytes, but the buffer has room for %s"
                .formatted(entry.name(), entry.byteLength(), target.remaining()));
      }
      int limit = target.limit();
      try {
        target.limit(target.position() + (int) entry.byteLength());
        fill(entry, 0, target);
      } finally {
        target.limit(limit);
      }
    }

    /**
     * Copies a part of a tensor, little endian as it is on disk, to a buffer, as many bytes as the
     * buffer has remaining; its position moves to its limit.
     *
     * @param from the first byte, counted from the start of the tensor
     * @throws IllegalArgumentException if the entry is not of this file, or the part reaches beyond
     *     the tensor
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}
     */
    public void read(TensorEntry entry, long from, ByteBuffer target) {
      requireOwn(entry);
      if (from < 0 || from + target.remaining() > entry.byteLength()) {
        throw new IllegalArgumentException(
            "tensor '%s' has %s bytes, but %s from %s on are wanted"
                .formatted(entry.name(), entry.byteLength(), target.remaining(), from));
      }
      fill(entry, from, target);
    }

    /**
     * The bytes of a tensor in a new little-endian heap buffer, from position 0 to the limit.
     *
     * @throws IllegalArgumentException if the entry is not of this file
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}, or if the tensor has 2
     *     GB or more
     */
    public ByteBuffer bytes(TensorEntry entry) {
      requireOwn(entry);
      ByteBuffer bytes = ByteBuffer.allocate(arrayLength(entry, entry.byteLength(), "bytes"));
      fill(entry, 0, bytes);
      return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The factor on the stored numbers of a tensor: 1, or what the file keeps beside a weight of 8
     * bits.
     *
     * @throws IllegalArgumentException if the entry is not of this file
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}, or if the factor is
     *     NaN or infinite
     */
    public float scale(TensorEntry entry) {
      return WeightScales.find(entry, file.tensors())
          .map(scale -> WeightScales.requireFinite(file.path, scale, floats(scale)[0]))
          .orElse(1f);
    }

    /**
     * The elements of a tensor as floats, the last dimension running fastest. Doubles and wide
     * integers are rounded to the nearest float; a boolean becomes 0 or 1; weights of 8 bits are
     * multiplied by their {@linkplain #scale factor}.
     *
     * @throws IllegalArgumentException if the entry is not of this file
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}, or if there are more
     *     elements than an array can hold (2^31)
     */
    public float[] floats(TensorEntry entry) {
      return floats(entry, 0, arrayLength(entry, entry.elements(), "elements"));
    }

    /**
     * Some of the elements, likewise.
     *
     * @param first which element of the tensor is the first
     * @param count how many, none beyond the tensor
     * @throws IllegalArgumentException as {@link #floats(TensorEntry)}, or if there are fewer
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException as {@link #read(TensorEntry, ByteBuffer)}
     */
    public float[] floats(TensorEntry entry, long first, int count) {
      requireOwn(entry);
      if (first < 0 || count < 0 || first + count > entry.elements()) {
        throw new IllegalArgumentException(
            "tensor '%s' has %s elements, but %s from %s on are wanted"
                .formatted(entry.name(), entry.elements(), count, first));
      }
      float[] floats = new float[count];
      int width = entry.dtype().bytes();
      long length = (long) count * width;
      int chunk = (int) Math.min(length, Channels.CHUNK_BYTES);
      ByteBuffer bytes = ByteBuffer.allocate(chunk).order(ByteOrder.LITTLE_ENDIAN);
      for (long done = 0; done < length; done += bytes.limit()) {
        bytes.clear().limit((int) Math.min(length - done, chunk));
        fill(entry, first * width + done, bytes);
        Floats.decode(entry.dtype(), bytes.flip(), floats, (int) (done / width));
      }
      float scale = scale(entry);
      for (int i = 0; scale != 1 && i < floats.length; i++) {
        floats[i] *= scale;
      }
      return floats;
    }

    /** Closes the file. Harmless when repeated. */
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw TensorFileErrors.ioError(file.path, "could not be closed", e);
      }
    }

    private void fill(TensorEntry entry, long from, ByteBuffer target) {
      if (!channel.isOpen()) {
        throw new IllegalStateException("the reader of '" + file.path + "' is closed");
      }
      try {
        Optional<StridedTensor> scattered = scattered(entry);
        if (scattered.isPresent()) {
          // Rows begin where they would if all lay in order.
          long first = entry.offset() - scattered.get().entry().offset();
          scattered.get().read(channel, first + from, target);
        } else {
          Channels.readFully(channel, target, entry.offset() + from);
        }
      } catch (IOException e) {
        throw TensorFileErrors.tensorIoError(file.path, entry.name(), e);
      }
    }

    /** In the file's own shape, to which the strides belong. */
    private Optional<StridedTensor> scattered(TensorEntry entry) {
      List<Long> strides = file.contents.strides().get(entry.name());
      if (strides == null) {
        return Optional.empty();
      }
      StridedTensor known = scattered;
      if (known == null || !known.entry().name().equals(entry.name())) {
        known = new StridedTensor(file.path, file.find(entry.name()).orElseThrow(), strides);
        scattered = known;
      }
      return Optional.of(known);
    }

    /** The entry may have been reshaped, or be some rows of a tensor. */
    private void requireOwn(TensorEntry entry) {
      boolean own =
          file.find(entry.name())
              .filter(known -> known.dtype() == entry.dtype())
              .filter(known -> known.offset() <= entry.offset())
              .filter(known -> entry.offset() - known.offset() <= known.byteLength())
              .filter(
                  known ->
                      entry.byteLength() <= known.byteLength() - (entry.offset() - known.offset()))
              .isPresent();
      if (!own) {
        throw new IllegalArgumentException(
            "tensor '" + entry.name() + "' is not of the file '" + file.path + "'");
      }
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
