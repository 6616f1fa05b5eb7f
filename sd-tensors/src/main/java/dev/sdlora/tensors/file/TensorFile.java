package dev.sdlora.tensors.file;

import dev.sdlora.api.error.TensorFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
  private static final int LENGTH_BYTES = 8;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Path path;
  private final List<FileStamp> stamps;
  private final long fileSize;
  private final TensorContents contents;
  private final QuantisedTensors quantised;
  private final boolean gguf;

  private TensorFile(
      Path path,
      List<FileStamp> stamps,
      long fileSize,
      TensorContents contents,
      QuantisedTensors quantised,
      boolean gguf) {
    this.path = path;
    this.stamps = List.copyOf(stamps);
    this.fileSize = fileSize;
    this.contents = contents;
    this.quantised = quantised;
    this.gguf = gguf;
  }

  /**
   * Reads and checks the header of a file.
   *
   * @throws TensorFileException if the file is missing, unreadable, damaged, or not a tensor file;
   *     the message names the file, the reason and the likely cause
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
        byte[] start = new byte[(int) Math.min(fileSize, ForeignFiles.PREFIX_BYTES)];
        Channels.readFully(channel, ByteBuffer.wrap(start), 0);
        if (ForeignFiles.isGguf(start)) {
          GgufParts parts = GgufParts.open(path);
          return new TensorFile(
              path,
              parts.stamps(),
              parts.size(),
              parts.shown().contents(),
              parts.shown().tensors(),
              true);
        }
        QuantisedTensors.Shown shown =
            QuantisedLayouts.read(
                path, channel, fileSize, contents(path, channel, start, fileSize));
        TensorContents contents = shown.contents();
        FileStamp stamp =
            new FileStamp(path, channel, attributes.lastModifiedTime(), contents.headLength());
        return new TensorFile(path, List.of(stamp), fileSize, contents, shown.tensors(), false);
      }
    } catch (NoSuchFileException e) {
      throw TensorFileErrors.error(path, "does not exist", e);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read", e);
    }
  }

  private static TensorContents contents(
      Path path, FileChannel channel, byte[] start, long fileSize) throws IOException {
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

  /** Returns the path that was opened. */
  public Path path() {
    return path;
  }

  /** Returns the file, or all parts of a split GGUF file in their order. */
  public List<Path> parts() {
    return stamps.stream().map(FileStamp::path).toList();
  }

  /** Whether the sizes and modification times of all parts are as when they were opened. */
  public boolean isCurrent() {
    return stamps.stream().allMatch(FileStamp::isCurrent);
  }

  /**
   * Returns the metadata pairs in header order, unmodifiable; empty for a PyTorch file. Those of a
   * GGUF file are its numbers, flags and short strings; arrays are left out.
   */
  public Map<String, String> metadata() {
    return contents.metadata();
  }

  /**
   * Returns the plain values at the top level of a PyTorch file that are not tensors, as Python
   * writes them: words, numbers, {@code True}, {@code [1, 2, 1]}. Unmodifiable; empty for a
   * safetensors file.
   */
  public Map<String, String> values() {
    return contents.values();
  }

  /** Returns the tensors by name in the order of their data, unmodifiable. */
  public Map<String, TensorEntry> tensors() {
    return contents.tensors();
  }

  /** Returns the tensor with this name, if the file has it. */
  public Optional<TensorEntry> find(String name) {
    return Optional.ofNullable(contents.tensors().get(name));
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
    return new TensorFile(path, stamps, fileSize, contents.with(views), quantised, gguf);
  }

  /** Whether this is a GGUF file. */
  public boolean isGguf() {
    return gguf;
  }

  /** Whether the values of a tensor of this file are computed from a quantised format. */
  public boolean isQuantised(TensorEntry entry) {
    return quantised.find(entry).isPresent();
  }

  /**
   * Returns the format in which a tensor of this file is stored: the label of its dtype, or a
   * quantised format: {@code float8_e4m3 scaled}, {@code float8_e5m2 scaled}, {@code int8 scaled},
   * {@code int8 rotated}, {@code mxfp8}, {@code nvfp4}, {@code nf4}, or that of the blocks of a
   * GGUF file, such as {@code Q4_K}.
   */
  public String storage(TensorEntry entry) {
    return quantised.find(entry).map(QuantisedTensor::format).orElse(entry.dtype().label());
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
    if (contents.strides().containsKey(entry.name()) || entry.elements() == 0) {
      return Optional.empty();
    }
    List<Part> parts = parts(entry);
    if (!entry.dtype().isFloat8()) {
      return quantised.stored(parts);
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

  /** Consecutive bytes of the values of a tensor. */
  record Part(long position, long length) {}

  /** Returns the parts of a tensor in their order: one, or two if it begins in its middle. */
  private List<Part> parts(TensorEntry entry) {
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

  /** The entry may be reshaped, or be some rows of a tensor. */
  private void requireOwn(TensorEntry entry) {
    boolean own =
        find(entry.name())
            .filter(known -> known.dtype() == entry.dtype())
            .filter(known -> known.offset() <= entry.offset())
            .filter(known -> entry.offset() - known.offset() <= known.byteLength())
            .filter(
                known ->
                    entry.byteLength() <= known.byteLength() - (entry.offset() - known.offset()))
            .isPresent();
    if (!own) {
      throw new IllegalArgumentException(
          "tensor '" + entry.name() + "' does not belong to the file '" + path + "'");
    }
  }

  /**
   * Returns the distance between neighbours along each dimension of a tensor of this file, in
   * elements.
   */
  List<Long> strides(TensorEntry entry) {
    List<Long> strides = contents.strides().get(entry.name());
    return strides == null ? TensorView.inOneRow(entry.shape()) : strides;
  }

  /** Returns the offset in a tensor of this file at which its view begins, in bytes; usually 0. */
  long start(TensorEntry entry) {
    return contents.starts().getOrDefault(entry.name(), 0L);
  }

  /**
   * Returns the offset in bytes where the header ends and the tensors begin; 0 for a PyTorch file,
   * which mixes them.
   */
  public long dataStart() {
    return contents.dataStart();
  }

  /** Returns the size of the whole file, or of all parts, in bytes. */
  public long fileSize() {
    return fileSize;
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
    if (stamps.size() == 1) {
      return stamps.get(0).openUnchanged();
    }
    List<FileChannel> open = new ArrayList<>();
    try {
      stamps.forEach(stamp -> open.add(stamp.openUnchanged()));
      return new JoinedChannel(open);
    } catch (IOException | RuntimeException e) {
      closeAll(open, e);
      throw e instanceof RuntimeException failure
          ? failure
          : TensorFileErrors.ioError(path, "cannot be read again", (IOException) e);
    }
  }

  private static void closeAll(List<FileChannel> open, Exception failure) {
    try {
      JoinedChannel.closeAll(open);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public String toString() {
    return "TensorFile[" + path + ", " + contents.tensors().size() + " tensors]";
  }

  /** Reads tensors from an open file. Thread-safe; an interrupt during a read closes it. */
  public static final class Reader implements AutoCloseable {
    private final TensorFile file;
    private final FileChannel channel;

    /** The strided tensor that was read last. */
    private volatile @Nullable StridedTensor scattered;

    private Reader(TensorFile file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
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
        fill(entry, 0, target);
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
      fill(entry, from, target);
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
      fill(entry, 0, bytes);
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
        fill(entry, first * width + done, bytes);
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
      int width = stored.blockBytes();
      int limit = target.limit();
      if (first < 0
          || target.remaining() % width != 0
          || first + target.remaining() / width > stored.blocks()) {
        throw new IllegalArgumentException(
            "there are %s blocks of %s bytes, cannot read %s bytes from block %s on"
                .formatted(stored.blocks(), width, target.remaining(), first));
      }
      requireOpen();
      long skipped = first * width;
      try {
        for (StoredBytes.Piece piece : stored.pieces()) {
          long length = piece.elements() / stored.blockElements() * width;
          int some = (int) Math.max(0, Math.min(length - skipped, limit - target.position()));
          target.limit(target.position() + some);
          if (some > 0) {
            Channels.readFully(channel, target, piece.offset() + skipped);
          }
          target.limit(limit);
          skipped = Math.max(0, skipped - length);
        }
      } catch (IOException e) {
        throw TensorFileErrors.ioError(file.path, "cannot be read", e);
      } finally {
        target.limit(limit);
      }
    }

    /**
     * Returns the factors outside stored blocks, as many as {@link StoredBytes#factors}.
     *
     * @param stored what the file stores for one of its tensors
     * @throws IllegalStateException if this reader is closed
     * @throws TensorFileException if one is NaN or infinite, or the file cannot be read
     */
    public float[] factors(StoredBytes stored) {
      requireOpen();
      FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(stored.factors()));
      StoredValues values = new StoredValues(file.path, channel);
      try {
        for (StoredBytes.Piece piece : stored.pieces()) {
          if (all.hasRemaining()) {
            all.put(stored.scaled().orElseThrow().factors(values, piece.first(), piece.elements()));
          }
        }
      } catch (IOException e) {
        throw TensorFileErrors.ioError(file.path, "cannot be read", e);
      }
      return all.array();
    }

    private void requireOpen() {
      if (!channel.isOpen()) {
        throw new IllegalStateException("the reader of '" + file.path + "' is closed");
      }
    }

    /** Closes the file. Has no effect if already closed. */
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw TensorFileErrors.ioError(file.path, "could not be closed", e);
      }
    }

    private void fill(TensorEntry entry, long from, ByteBuffer target) {
      requireOpen();
      try {
        long start = file.start(entry);
        if (start > 0) {
          TensorEntry whole = file.find(entry.name()).orElseThrow();
          fillFrom(whole, start, entry.offset() - whole.offset() + from, target);
        } else {
          fillInOrder(entry, from, target);
        }
      } catch (IOException e) {
        throw TensorFileErrors.tensorIoError(file.path, entry.name(), e);
      }
    }

    /** Reads a tensor that begins in its middle; the bytes before that follow its last ones. */
    private void fillFrom(TensorEntry entry, long start, long from, ByteBuffer target)
        throws IOException {
      long first = (start + from) % entry.byteLength();
      int untilEnd = (int) Math.min(target.remaining(), entry.byteLength() - first);
      int limit = target.limit();
      try {
        target.limit(target.position() + untilEnd);
        fillInOrder(entry, first, target);
      } finally {
        target.limit(limit);
      }
      fillInOrder(entry, 0, target);
    }

    private void fillInOrder(TensorEntry entry, long from, ByteBuffer target) throws IOException {
      Optional<StridedTensor> scattered = scattered(entry);
      if (scattered.isPresent()) {
        // Rows begin at the same offset as in a contiguous tensor.
        long first = entry.offset() - scattered.get().entry().offset();
        scattered.get().read(this::fillAt, first + from, target);
      } else {
        fillAt(target, entry.offset() + from);
      }
    }

    private void fillAt(ByteBuffer target, long position) throws IOException {
      file.quantised.read(file.path, channel, target, position);
    }

    /** Returns the tensor in the file's own shape, to which the strides belong. */
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
