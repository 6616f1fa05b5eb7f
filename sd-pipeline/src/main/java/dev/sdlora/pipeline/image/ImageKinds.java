package dev.sdlora.pipeline.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Detects image formats, and common non-images, by their first bytes. */
final class ImageKinds {
  /** Number of bytes read for detection; a web page may start with white space. */
  static final int PREFIX_BYTES = 512;

  static final String PNG = "a PNG image";
  static final String JPEG = "a JPEG image";
  static final String WEBP = "a WebP image";

  private ImageKinds() {}

  /** Returns a description of the file type, with an article. */
  static String describe(byte[] prefix) {
    // ISO 8859-1 maps bytes to chars one to one, so binary signatures can be compared as text.
    String raw = new String(prefix, StandardCharsets.ISO_8859_1);
    if (raw.isEmpty()) {
      return "an empty file";
    }
    if (raw.startsWith("\u0089PNG\r\n\u001a\n")) {
      return PNG;
    }
    if (raw.startsWith("\u00ff\u00d8\u00ff")) {
      return JPEG;
    }
    if (raw.startsWith("RIFF") && raw.startsWith("WEBP", 8)) {
      return WEBP;
    }
    if (raw.startsWith("GIF8")) {
      return "a GIF image";
    }
    if (raw.startsWith("BM")) {
      return "a BMP image";
    }
    if (raw.startsWith("ftypavif", 4)) {
      return "an AVIF image";
    }
    if (raw.startsWith("ftyphei", 4)) {
      return "a HEIC image";
    }
    String text = raw.strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "an HTML page saved instead of an image";
    }
    if (text.startsWith("version https://git-lfs")) {
      return "a Git LFS pointer (fetch the real file with 'git lfs pull')";
    }
    return "something else";
  }
}
