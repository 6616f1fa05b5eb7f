package dev.sdlora.tensors.io;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Recognizes common files that are not tensor files, by their first bytes. */
public final class ForeignFiles {
  /** The number of bytes needed from the start of a file; a web page may begin with blanks. */
  public static final int PREFIX_BYTES = 512;

  private ForeignFiles() {}

  /**
   * Returns what the file is and what to do about it, as the predicate of a sentence; empty if it
   * is not recognized.
   */
  public static Optional<String> recognise(byte[] prefix) {
    if (isSafetensors(prefix)) {
      return Optional.empty();
    }
    // ISO 8859-1 maps bytes to chars one to one, so binary markers can be compared as text.
    String raw = new String(prefix, StandardCharsets.ISO_8859_1);
    String text = raw.replaceFirst("^\u00ef\u00bb\u00bf", "").strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs")) {
      return Optional.of(
          "is a Git LFS pointer, not the model itself; fetch the real file with 'git lfs pull'");
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return Optional.of(
          "is an HTML page: the download saved a web page instead of the model, often because the"
              + " site needs a login");
    }
    if (text.startsWith("{")) {
      return Optional.of(
          "is JSON text without a safetensors length prefix: the download probably saved a server's"
              + " error message instead of the model");
    }
    return Optional.empty();
  }

  /**
   * Whether the prefix is a length below 4 GB and a brace; a length of 640, for example, has the
   * bytes of a pickle.
   */
  private static boolean isSafetensors(byte[] prefix) {
    return prefix.length > 8 && prefix[8] == '{' && prefix[4] == 0 && prefix[5] == 0;
  }

  /** Whether the prefix is that of a GGUF file. */
  public static boolean isGguf(byte[] prefix) {
    return !isSafetensors(prefix)
        && prefix.length >= 4
        && prefix[0] == 'G'
        && prefix[1] == 'G'
        && prefix[2] == 'U'
        && prefix[3] == 'F';
  }

  /** Whether the prefix is that of a zip archive, the format of PyTorch since 1.6. */
  public static boolean isZip(byte[] prefix) {
    return prefix.length >= 4
        && prefix[0] == 'P'
        && prefix[1] == 'K'
        && prefix[2] == 3
        && prefix[3] == 4;
  }

  /** Whether the prefix is that of a pickle of protocol 2 to 5. */
  public static boolean isPickle(byte[] prefix) {
    return !isSafetensors(prefix)
        && prefix.length > 1
        && (prefix[0] & 0xff) == 0x80
        && prefix[1] >= 2
        && prefix[1] <= 5;
  }
}
