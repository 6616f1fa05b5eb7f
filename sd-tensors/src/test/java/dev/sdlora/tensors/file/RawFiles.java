package dev.sdlora.tensors.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files written byte by byte, without the writer under test. */
public final class RawFiles {
  private RawFiles() {}

  /** Returns a length prefix, the header as given, and data bytes 0, 1, 2... */
  static byte[] safetensors(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json);
    for (int i = 0; i < dataBytes; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  /** Returns a length prefix followed only by the given text. */
  static byte[] prefixed(long length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(bytes)
        .array();
  }

  /**
   * Creates a temporary file for tests whose engine has no managed folder; the caller deletes it.
   */
  public static Path temporary() throws IOException {
    return Files.createTempFile("sdlora-test", ".safetensors");
  }
}
