package dev.sdlora.tensors.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript text into the archive that libtorch loads: a zip of uncompressed entries with
 * the code, a pickle of the module object, a pickle of its constants, and the format version.
 */
public final class ProgramArchive {
  /** A pickle of {@code __torch__.Net} with its one attribute, {@code training = False}. */
  private static final byte[] MODULE =
      bytes("\u0080\u0002c__torch__\nNet\n)\u0081}(X\b\0\0\0training\u0089ub.");

  /** A pickle of the empty tuple. */
  private static final byte[] NO_CONSTANTS = bytes("\u0080\u0002).");

  private ProgramArchive() {}

  /**
   * Returns the archive of a program.
   *
   * @param name a name for messages of the engine
   * @param methods methods of the class {@code Net}, indented by two spaces
   * @param functions functions that the methods call as {@code __torch__.name}
   */
  public static byte[] of(String name, String methods, String functions) {
    String code =
        "class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
            + methods
            + functions;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, name + "/data.pkl", MODULE);
      store(zip, name + "/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      store(zip, name + "/constants.pkl", NO_CONSTANTS);
      store(zip, name + "/version", bytes("3\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
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

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }
}
