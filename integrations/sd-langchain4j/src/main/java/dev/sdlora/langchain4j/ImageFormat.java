package dev.sdlora.langchain4j;

import java.util.Arrays;
import java.util.Locale;

/** The file format of images. */
enum ImageFormat {
  PNG,
  JPEG;

  static ImageFormat of(String name) {
    return Arrays.stream(values())
        .filter(format -> format.label().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("format must be png or jpeg: '" + name + "'"));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String mimeType() {
    return "image/" + label();
  }
}
