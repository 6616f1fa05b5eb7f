package dev.sdlora.fuzz;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.pickle.PickleException;
import dev.sdlora.tensors.pickle.PickleReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Tensor files and their parts. */
final class TensorTargets {
  /** Tensors up to this size are read completely. */
  private static final long READ_BYTES = 1 << 16;

  /** Number of storages that the pickle of an archive may refer to. */
  private static final int STORAGES = 6;

  private static final int STORAGE_BYTES = 512;

  /** The beginning of a GGUF file of version 3. */
  private static final byte[] GGUF = {'G', 'G', 'U', 'F', 3, 0, 0, 0};

  private TensorTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> refusals = Set.of(TensorFileException.class);
    return List.of(
        new Target("tensor-file", refusals, input -> read(Scratch.file("tensors", input))),
        new Target("safetensors-header", refusals, TensorTargets::header),
        new Target("gguf-header", refusals, TensorTargets::gguf),
        new Target("gguf-parts", refusals, TensorTargets::ggufParts),
        new Target("torch-archive", refusals, input -> read(Scratch.file("a.pt", archive(input)))),
        new Target(
            "pickle",
            Set.of(PickleException.class),
            input -> PickleReader.read(ByteBuffer.wrap(input))));
  }

  private static void read(Path path) {
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry tensor : file.tensors().values()) {
        if (tensor.byteLength() <= READ_BYTES) {
          reader.floats(tensor);
        }
      }
    }
  }

  /** A JSON header followed by a few kilobytes of zeros. */
  private static void header(byte[] json) throws IOException {
    read(Scratch.sized("header.safetensors", Listing.framed(json), 8 + json.length + 4096));
  }

  /** A GGUF header after its version, followed by a few kilobytes of zeros. */
  private static void gguf(byte[] header) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(GGUF.length + header.length).put(GGUF).put(header);
    read(Scratch.sized("header.gguf", whole.flip(), whole.limit() + 4096));
  }

  /**
   * The headers of two parts after their versions, each followed by a few kilobytes of zeros. The
   * first two bytes are the length of the first header.
   */
  private static void ggufParts(byte[] input) throws IOException {
    ByteBuffer headers = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
    int length = headers.remaining() < 2 ? 0 : Short.toUnsignedInt(headers.getShort());
    int first = Math.min(length, headers.remaining());
    List<ByteBuffer> halves =
        List.of(
            headers.slice(headers.position(), first),
            headers.slice(headers.position() + first, headers.remaining() - first));
    Path path = Path.of("");
    for (int i = 0; i < halves.size(); i++) {
      ByteBuffer part = ByteBuffer.allocate(GGUF.length + halves.get(i).remaining());
      part.put(GGUF).put(halves.get(i)).flip();
      path =
          Scratch.sized(
              "parts-0000" + (i + 1) + "-of-00002.gguf", part, Math.max(part.limit(), 4096));
    }
    read(path);
  }

  /** Returns the archive that {@code torch.save} writes around a pickle. */
  private static byte[] archive(byte[] pickle) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "archive/data.pkl", pickle);
      store(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < STORAGES; i++) {
        store(zip, "archive/data/" + i, new byte[STORAGE_BYTES]);
      }
      store(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
