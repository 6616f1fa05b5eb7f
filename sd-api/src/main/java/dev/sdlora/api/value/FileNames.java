package dev.sdlora.api.value;

import java.nio.file.Path;

/** Display names of files. */
public final class FileNames {
  private FileNames() {}

  /**
   * Returns the file name without its folder and its last extension.
   *
   * @param path a file
   * @return the name
   */
  public static String stem(Path path) {
    Path name = path.getFileName();
    String text = name == null ? path.toString() : name.toString();
    int dot = text.lastIndexOf('.');
    return dot > 0 ? text.substring(0, dot) : text;
  }
}
