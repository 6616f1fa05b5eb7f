package dev.sdlora.tensors.file;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Recognises what people have in place of a tensor file, by its first bytes. */
final class ForeignFiles {
  /** How many bytes at the start of a file are enough to tell; a web page may begin with blanks. */
  static final int PREFIX_BYTES = 512;

  private ForeignFiles() {}

  /** What the file is and what to do about it, as the predicate of a sentence, if recognised. */
  static Optional<String> recognise(byte[] prefix) {
    if (isSafetensors(prefix)) {
      return Optional.empty();
    }
    // ISO 8859-1 maps bytes to chars one to one, so that binary marks can be compared as text.
    String raw = new String(prefix, StandardCharsets.ISO_8859_1);
    if (raw.startsWith("GGUF")) {
      return Optional.of(
          "is a GGUF file; this version reads .safetensors files and those of PyTorch");
    }
    String text = raw.replaceFirst("^\u00ef\u00bb\u00bf", "").strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs")) {
      return Optional.of(
          "is a Git LFS pointer, not the model itself; fetch the real file with 'git lfs pull'");
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return Optional.of(
          "is an HTML page: the download saved a web page in place of the model,"
              + " often because the site needs a login");
    }
    if (text.startsWith("{")) {
      return Optional.of(
          "is JSON text without a safetensors length prefix: the download probably saved"
              + " a server's error message in place of the model");
    }
    return Optional.empty();
  }

  /** A length below 4 GB and a brace; 640, say, has the bytes of a pickle. */
  private static boolean isSafetensors(byte[] prefix) {
    return prefix.length > 8 && prefix[8] == '{' && prefix[4] == 0 && prefix[5] == 0;
  }

  /** Whether it begins as a zip archive does, in which PyTorch saves tensors since 1.6. */
  static boolean isZip(byte[] prefix) {
    return prefix.length >= 4
        && prefix[0] == 'P'
        && prefix[1] == 'K'
        && prefix[2] == 3
        && prefix[3] == 4;
  }

  /** Whether it begins as a pickle of protocol 2 to 5 does. */
  static boolean isPickle(byte[] prefix) {
    return !isSafetensors(prefix)
        && prefix.length > 1
        && (prefix[0] & 0xff) == 0x80
        && prefix[1] >= 2
        && prefix[1] <= 5;
  }
}
