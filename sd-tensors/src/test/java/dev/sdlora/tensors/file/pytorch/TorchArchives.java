package dev.sdlora.tensors.file.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** PyTorch archives with arbitrary pickles, and pickles built from instructions. */
public final class TorchArchives {
  private TorchArchives() {}

  /** Writes an archive with a pickle and one storage, named 0, of the given bytes. */
  public static Path write(Path path, byte[] pickle, byte[] storage) {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      store(zip, "archive/data.pkl", pickle);
      store(zip, "archive/data/0", storage);
      store(zip, "archive/version", bytes("3\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Returns the bytes of a text, one for each character. */
  public static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Builds a pickle from pieces: texts are instructions, byte arrays are copied. */
  public static byte[] pickle(Object... pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes("\u0080\u0002"));
    for (Object piece : pieces) {
      out.writeBytes(piece instanceof byte[] raw ? raw : bytes(piece.toString()));
    }
    out.writeBytes(bytes("."));
    return out.toByteArray();
  }

  /** Returns the instruction for a text. */
  public static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(5 + utf8.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 'X')
        .putInt(utf8.length)
        .put(utf8)
        .array();
  }

  /** Returns the instruction for an integer of up to 64 bits. */
  public static byte[] integer(long value) {
    return ByteBuffer.allocate(10)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x8a)
        .put((byte) 8)
        .putLong(value)
        .array();
  }

  /** Returns the instructions for a tensor of storage 0, which has 4 floats. */
  public static byte[] tensor(long offset, long[] shape, long[] strides) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes("ctorch._utils\n_rebuild_tensor_v2\n(("));
    out.writeBytes(text("storage"));
    out.writeBytes(bytes("ctorch\nFloatStorage\n"));
    out.writeBytes(text("0"));
    out.writeBytes(text("cpu"));
    out.writeBytes(integer(4));
    out.writeBytes(bytes("tQ"));
    out.writeBytes(integer(offset));
    out.writeBytes(tuple(shape));
    out.writeBytes(tuple(strides));
    out.writeBytes(bytes("\u0089ccollections\nOrderedDict\n)RtR"));
    return out.toByteArray();
  }

  private static byte[] tuple(long[] values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('(');
    for (long value : values) {
      out.writeBytes(integer(value));
    }
    out.write('t');
    return out.toByteArray();
  }
}
