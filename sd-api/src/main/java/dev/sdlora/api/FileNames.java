package dev.sdlora.api;

import java.nio.file.Path;

/** Names that users see for files. */
final class FileNames {
  private FileNames() {}

  /** The file name without the folder and the last extension. */
  static String stem(Path path) {
    Path name = path.getFileName();
    String text = name == null ? path.toString() : name.toString();
    int dot = text.lastIndexOf('.');
    return dot > 0 ? text.substring(0, dot) : text;
  }
}
