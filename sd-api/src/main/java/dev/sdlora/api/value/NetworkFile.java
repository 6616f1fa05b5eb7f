package dev.sdlora.api.value;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of the networks of preprocessors, found in folders by their names. */
public enum NetworkFile {
  /** Depth Anything V2, also in the folder of its repository. */
  DEPTH("depth_anything_v2_vits.onnx", "depth.?anything.?v2[^/]*(/.*)?"),
  /** The detector of people of DWPose. */
  PEOPLE("yolox_l.onnx", "yolox[^/]*"),
  /** The key points of DWPose. */
  POSE("dw-ll_ucoco_384.onnx", "dw.?ll.?ucoco[^/]*"),
  /** The edges of ControlNet's HED. */
  EDGES("ControlNetHED.onnx", "(controlnet.?)?hed([^a-z/][^/]*)?"),
  /** The lines of Informative Drawings. */
  LINES(
      "sk_model.onnx", "(sk.?model|line.?art)(?![^/]*(anime|coarse|manga|model2))([^a-z/][^/]*)?");

  /** Folders of repositories are searched, too. */
  private static final int DEPTH_OF_FOLDERS = 4;

  private final String example;

  @SuppressWarnings("ImmutableEnumChecker") // Patterns are immutable.
  private final Pattern pattern;

  NetworkFile(String example, String pattern) {
    this.example = example;
    this.pattern = Pattern.compile("(.*/)?" + pattern + "\\.onnx");
  }

  /** Returns the usual name of the file. */
  public String example() {
    return example;
  }

  /** Returns the file in a folder or its subfolders: of several, the one with the shortest path. */
  public Optional<Path> in(Path folder) {
    try (Stream<Path> files = Files.walk(folder, DEPTH_OF_FOLDERS)) {
      return files
          .filter(file -> pattern.matcher(place(folder, file)).matches())
          .filter(Files::isRegularFile)
          .min(
              Comparator.comparing((Path file) -> place(folder, file).length())
                  .thenComparing(Comparator.naturalOrder()));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /**
   * Explains that a preprocessor cannot run.
   *
   * @param preprocessor its name
   * @param files the files that it needs
   * @param folders the folders in which one is missing; may be empty
   * @return one sentence
   */
  public static String missing(String preprocessor, List<NetworkFile> files, List<Path> folders) {
    if (folders.isEmpty()) {
      return "preprocessor '%s' runs a network, but no folder is given for %s; set it with Preprocessor.withDirectory, Pipeline.Builder.preprocessorDirectory or --preprocessor-dir"
          .formatted(preprocessor, names(files));
    }
    List<NetworkFile> missing =
        files.stream().filter(file -> find(List.of(file), folders).isEmpty()).toList();
    return "preprocessor '%s' needs %s, which %s not in %s"
        .formatted(
            preprocessor,
            names(missing),
            missing.size() == 1 ? "is" : "are",
            folders.stream().map(folder -> "'" + folder + "'").collect(Collectors.joining(", ")));
  }

  private static String names(List<NetworkFile> files) {
    return files.stream()
        .map(file -> "'" + file.example + "'")
        .collect(Collectors.joining(" and "));
  }

  private static String place(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/').toLowerCase(Locale.ROOT);
  }

  /**
   * Finds files that belong together, each in the first folder that has it.
   *
   * @return the files in the order of the names; empty if one is missing
   */
  public static Optional<List<Path>> find(List<NetworkFile> files, List<Path> folders) {
    List<Path> found = new ArrayList<>();
    for (NetworkFile file : files) {
      folders.stream().map(file::in).flatMap(Optional::stream).findFirst().ifPresent(found::add);
    }
    return found.size() == files.size() ? Optional.of(found) : Optional.empty();
  }
}
