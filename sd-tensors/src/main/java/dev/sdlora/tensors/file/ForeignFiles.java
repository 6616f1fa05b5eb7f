package dev.sdlora.tensors.file;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Recognises what people have in place of a safetensors file, by its first bytes. */
final class ForeignFiles {
  /** How many bytes at the start of a file are enough to tell; a web page may begin with blanks. */
  static final int PREFIX_BYTES = 512;

  private ForeignFiles() {}

  /** What the file is and what to do about it, as the predicate of a sentence, if recognised. */
  static Optional<String> recognise(byte[] prefix) {
    // A length below 4 GB and a brace: safetensors, though 640, say, has the bytes of a pickle.
    if (prefix.length > 8 && prefix[8] == '{' && prefix[4] == 0 && prefix[5] == 0) {
      return Optional.empty();
    }
    // ISO 8859-1 maps bytes to chars one to one, so that binary marks can be compared as text.
    String raw = new String(prefix, StandardCharsets.ISO_8859_1);
    if (raw.startsWith("PK\u0003\u0004") || isPickle(raw)) {
      return Optional.of(
          "is a PyTorch pickle (.ckpt, .pt or .bin); this version reads only .safetensors files");
    }
    if (raw.startsWith("GGUF")) {
      return Optional.of("is a GGUF file; this version reads only .safetensors files");
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

  private static boolean isPickle(String raw) {
    return raw.length() > 1 && raw.charAt(0) == 0x80 && raw.charAt(1) >= 2 && raw.charAt(1) <= 5;
  }
}
