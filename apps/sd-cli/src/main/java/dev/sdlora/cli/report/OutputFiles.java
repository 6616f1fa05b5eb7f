package dev.sdlora.cli.report;

import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.WritableFolder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The names of the output files: {@code FILE.png}, or {@code FILE-1.png} and so on. */
public record OutputFiles(Path file, int images) {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  /**
   * Checks the file before the work starts.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .png} or {@code .jpg}
   * @throws ImageFileException if the folder cannot be created or written to
   */
  public OutputFiles {
    String name = name(file).toLowerCase(Locale.ROOT);
    if (ENDINGS.stream().noneMatch(name::endsWith)) {
      throw new IllegalArgumentException("--out must end in .png, .jpg or .jpeg: " + file);
    }
    if (Files.isDirectory(file)) {
      throw new ImageFileException("cannot write '" + file + "': it is a folder");
    }
    makeFolder(file);
  }

  /**
   * Checks the file name of another image, and creates its folder.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .png}
   * @throws ImageFileException if the folder cannot be created or written to
   */
  public static void requirePng(String option, Optional<Path> file) {
    file.ifPresent(
        png -> {
          if (!name(png).toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new IllegalArgumentException(option + " must end in .png: " + png);
          }
          makeFolder(png);
        });
  }

  /**
   * Creates the folder of an output file, so that errors show before the work starts.
   *
   * @throws ImageFileException if the folder cannot be created or written to
   */
  public static void makeFolder(Path file) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "folder");
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new ImageFileException(
          "cannot write '%s': '%s' is not a folder".formatted(file, e.getFile()), e);
    } catch (IOException e) {
      throw new ImageFileException(
          "cannot write '%s': cannot create its folder: %s".formatted(file, FileReason.of(e)), e);
    }
    try {
      WritableFolder.check(folder);
    } catch (IOException e) {
      throw new ImageFileException(
          "cannot write '%s': its folder '%s' is not writable (%s)"
              .formatted(file, folder, FileReason.of(e)),
          e);
    }
  }

  /** Returns the file of an image, counted from 0. */
  public Path of(int index) {
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
