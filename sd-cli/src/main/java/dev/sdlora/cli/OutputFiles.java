package dev.sdlora.cli;

import dev.sdlora.api.ImageFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The names of the files to write: {@code FILE.png}, or {@code FILE-1.png} and so on. */
record OutputFiles(Path file, int images) {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  /**
   * Finds mistakes before the work and not after it.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .png} or {@code .jpg}
   * @throws ImageFileException if the folder does not exist
   */
  OutputFiles {
    String name = name(file).toLowerCase(Locale.ROOT);
    if (ENDINGS.stream().noneMatch(name::endsWith)) {
      throw new IllegalArgumentException("--out must end in .png, .jpg or .jpeg: " + file);
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new ImageFileException(
          "cannot write '" + file + "': its folder '" + folder + "' does not exist");
    }
  }

  /** The file of a picture, counted from 0. */
  Path of(int index) {
    if (images == 1) {
      return file;
    }
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return file.resolveSibling(name.substring(0, dot) + "-" + (index + 1) + name.substring(dot));
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }
}
