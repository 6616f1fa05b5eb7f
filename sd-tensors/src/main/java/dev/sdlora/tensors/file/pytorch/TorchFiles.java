package dev.sdlora.tensors.file.pytorch;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.file.pytorch.TorchTensors.Region;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.Inflated;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.pickle.Pickle;
import dev.sdlora.tensors.pickle.PickleException;
import dev.sdlora.tensors.pickle.PickleReader;
import dev.sdlora.tensors.pickle.StorageRef;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;

/**
 * Reads the headers of files that {@code torch.save} wrote: since PyTorch 1.6 a zip archive with a
 * pickle and one file for each storage; before that, five consecutive pickles followed by the
 * storages. Elements stay on disk. {@link PickleReader} reads the pickles and executes nothing.
 */
public final class TorchFiles {
  /** A checkpoint's pickle takes about 200 KB, with optimizer states a few MB. */
  static final int MAX_PICKLE_BYTES = 1 << 25;

  /** Room for a word such as {@code little}. */
  private static final int MAX_WORD_BYTES = 64;

  /** The maximum compression ratio of deflate. */
  private static final int MAX_DEFLATION = 1032;

  /** The number of bytes at the start of a file used to detect changes. */
  private static final int HEAD_BYTES = 1 << 16;

  private static final String PICKLE = "data.pkl";

  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long LEGACY_PROTOCOL = 1001;

  private final Path path;
  private final FileChannel channel;
  private final long fileSize;

  /** Creates a reader of an open file; the path is for messages. */
  public TorchFiles(Path path, FileChannel channel, long fileSize) {
    this.path = path;
    this.channel = channel;
    this.fileSize = fileSize;
  }

  /**
   * Reads a zip archive.
   *
   * @throws TensorFileException if it is damaged, or was not written by {@code torch.save}
   */
  public TensorContents archive() throws IOException {
    ZipDirectory zip = ZipDirectory.read(path, channel, fileSize);
    String root =
        zip.members().keySet().stream()
            .filter(name -> name.endsWith("/" + PICKLE) || name.equals(PICKLE))
            .findFirst()
            .map(name -> name.substring(0, name.length() - PICKLE.length()))
            .orElseThrow(
                () ->
                    error(
                        "is a zip archive, but not one that PyTorch wrote; if it contains a model, unpack it first"));
    if (zip.find(root + "constants.pkl").isPresent()) {
      throw error("is a TorchScript program, expected a tensor file");
    }
    if (zip.find(root + "byteorder").isPresent()
        && !text(zip, root + "byteorder", MAX_WORD_BYTES).strip().equals("little")) {
      throw error("was written on a big-endian machine, which this version cannot read");
    }
    Object value = read(ByteBuffer.wrap(content(zip, root + PICKLE, MAX_PICKLE_BYTES))).value();
    Map<String, Region> regions = new HashMap<>();
    TorchTensors tensors =
        TorchTensors.of(
            path,
            value,
            storage ->
                regions.computeIfAbsent(storage.key(), key -> region(zip, root + "data/" + key)));
    return contents(tensors);
  }

  private Region region(ZipDirectory zip, String name) {
    ZipDirectory.Member member =
        zip.find(name)
            .orElseThrow(
                () -> error("is damaged: file '%s' is not in the archive".formatted(name)));
    if (!member.stored()) {
      throw error(
          "has compressed or encrypted tensors (file '%s'), which torch.save never writes; unpack"
                  .formatted(name)
              + " the archive and pack it again without compression");
    }
    try {
      return new Region(zip.dataStart(member), member.size());
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read at '" + name + "'", e);
    }
  }

  private String text(ZipDirectory zip, String name, int most) throws IOException {
    return new String(content(zip, name, most), StandardCharsets.UTF_8);
  }

  /** Returns the bytes of a small file in the archive, up to a limit. */
  private byte[] content(ZipDirectory zip, String name, int most) throws IOException {
    ZipDirectory.Member member = zip.find(name).orElseThrow();
    if (member.size() > most || member.packed() > most) {
      throw error(
          "has a file '%s' of more than %s bytes, which no model needs".formatted(name, most));
    }
    if (member.size() > (member.packed() + 1) * MAX_DEFLATION) {
      throw error(
          "is a damaged zip archive: file '%s' cannot have %s bytes if it takes %s compressed"
              .formatted(name, member.size(), member.packed()));
    }
    long start = zip.dataStart(member);
    ByteBuffer packed = ByteBuffer.allocate((int) member.packed());
    Channels.readFully(channel, packed, start);
    if (member.stored()) {
      return packed.array();
    }
    if (!member.deflated()) {
      throw error("is encrypted or compressed in an unusual way: file '" + member.name() + "'");
    }
    return inflate(packed.array(), (int) member.size());
  }

  private byte[] inflate(byte[] packed, int size) {
    try {
      byte[] bytes = Inflated.raw(packed, size);
      if (bytes.length < size) {
        throw error("is a damaged zip archive: its pickle ends too early");
      }
      return bytes;
    } catch (DataFormatException e) {
      throw TensorFileErrors.error(path, "is a damaged zip archive: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the format before PyTorch 1.6.
   *
   * @throws TensorFileException if it is damaged, or is another pickle
   */
  public TensorContents legacy() throws IOException {
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(fileSize, MAX_PICKLE_BYTES));
    Channels.readFully(channel, start, 0);
    start.flip();
    if (!LEGACY_MAGIC.equals(read(start).value())
        || !Long.valueOf(LEGACY_PROTOCOL).equals(read(start).value())) {
      throw error("is a Python pickle, but not one that torch.save wrote; expected tensors");
    }
    if (read(start).value() instanceof Map<?, ?> system
        && Boolean.FALSE.equals(system.get("little_endian"))) {
      throw error("was written on a big-endian machine, which this version cannot read");
    }
    Pickle pickle = read(start);
    if (!(read(start).value() instanceof List<?> keys)) {
      throw error("is damaged: it has no list of its storages");
    }
    Map<String, Region> regions = legacyRegions(pickle.storages(), keys, start.position());
    return contents(
        TorchTensors.of(path, pickle.value(), storage -> legacyRegion(regions, storage)));
  }

  /**
   * Locates the storages. They follow the pickles in the order of the list, each after its length.
   */
  private Map<String, Region> legacyRegions(
      Map<String, StorageRef> storages, List<?> keys, long start) throws IOException {
    Map<String, Region> regions = new HashMap<>();
    long position = start;
    for (Object key : keys) {
      StorageRef storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null) {
        throw error("is damaged: its list of storages names one that no tensor uses");
      }
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (position > fileSize - Long.BYTES) {
        throw cutOff(storage);
      }
      Channels.readFully(channel, length, position);
      position += Long.BYTES;
      long width = TorchTensors.dtype(storage).bytes();
      if (length.getLong(0) != storage.elements()) {
        throw error("is damaged: storage '%s' has the wrong length".formatted(storage.key()));
      }
      if (storage.elements() < 0 || storage.elements() > (fileSize - position) / width) {
        throw cutOff(storage);
      }
      regions.put(storage.key(), new Region(position, storage.elements() * width));
      position += storage.elements() * width;
    }
    return regions;
  }

  private Region legacyRegion(Map<String, Region> regions, StorageRef storage) {
    Region region = regions.get(storage.key());
    if (region == null) {
      throw error("is damaged: storage '%s' is not in its list".formatted(storage.key()));
    }
    return region;
  }

  private TensorFileException cutOff(StorageRef storage) {
    return error("ends before storage '%s' does; it was probably cut off".formatted(storage.key()));
  }

  private Pickle read(ByteBuffer pickle) {
    try {
      return PickleReader.read(pickle);
    } catch (PickleException e) {
      throw TensorFileErrors.error(path, e.predicate(), e);
    }
  }

  private TensorContents contents(TorchTensors tensors) {
    return new TensorContents(
        0,
        Map.of(),
        tensors.values(),
        tensors.tensors(),
        tensors.strides(),
        (int) Math.min(fileSize, HEAD_BYTES));
  }

  private TensorFileException error(String predicate) {
    return TensorFileErrors.error(path, predicate);
  }
}
