package dev.sdlora.training;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The images, captions and masks in one folder.
 *
 * @param images the images in order, at least one
 * @param others captions and masks by their names
 */
record FolderFiles(List<Path> images, Map<String, Path> others) {
  private static final List<String> IMAGES = List.of(".png", ".jpg", ".jpeg");
  private static final List<String> CAPTIONS = List.of(".txt", ".caption");

  /** As long as the longest prompt of generation, in UTF-8. */
  private static final int MOST_CAPTION_BYTES = 4 * PromptLimits.DEFAULTS.characters();

  /** The endings of masks; the first is that of OneTrainer. */
  private static final List<String> MASKS = List.of("-masklabel.png", ".mask.png");

  /**
   * Sorts the files of a folder.
   *
   * @throws TrainingException if there are no images, or captions or masks without an image
   */
  static FolderFiles of(Path folder, List<Path> entries) {
    List<Path> images = new ArrayList<>();
    Map<String, Path> others = new LinkedHashMap<>();
    for (Path entry : entries) {
      String name = fileName(entry);
      if (isImage(name) && !Files.isDirectory(entry)) {
        images.add(entry);
      } else if (subject(name).isPresent() && !Files.isDirectory(entry)) {
        others.put(name, entry);
      }
    }
    if (images.isEmpty()) {
      throw new TrainingException(
          "folder '%s' contains no images, expected files that end in .png, .jpg or .jpeg"
              .formatted(folder),
          ErrorDetails.in(folder));
    }
    requireImages(folder, images, others.keySet());
    return new FolderFiles(images, others);
  }

  private static void requireImages(Path folder, List<Path> images, Set<String> others) {
    Set<String> stems = images.stream().map(FolderFiles::stem).collect(Collectors.toSet());
    List<String> orphans =
        others.stream()
            .filter(name -> !stems.contains(subject(name).orElse("")))
            .map(name -> "'" + name + "'")
            .toList();
    if (!orphans.isEmpty()) {
      throw new TrainingException(
          "folder '%s' contains captions or masks without an image: %s; expected images of the same names that end in .png, .jpg or .jpeg"
              .formatted(folder, ImageChecks.listed(orphans, ", ")),
          ErrorDetails.in(folder));
    }
  }

  static boolean isImage(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return IMAGES.stream().anyMatch(lower::endsWith) && MASKS.stream().noneMatch(lower::endsWith);
  }

  /** The name of the image that a caption or mask belongs to, without its ending. */
  private static Optional<String> subject(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (List<String> endings : List.of(MASKS, CAPTIONS)) {
      for (String ending : endings) {
        if (lower.endsWith(ending)) {
          return Optional.of(name.substring(0, name.length() - ending.length()));
        }
      }
    }
    return Optional.empty();
  }

  /** The mask of an image. */
  Optional<Path> mask(Path image) {
    return MASKS.stream()
        .flatMap(ending -> Stream.ofNullable(others.get(stem(image) + ending)))
        .findFirst();
  }

  /**
   * The caption of an image.
   *
   * @param missing the caption of images without a caption file; empty if these are refused
   */
  String caption(Path image, Optional<String> missing) {
    Path text = image.resolveSibling(stem(image) + CAPTIONS.get(0));
    Path caption = image.resolveSibling(stem(image) + CAPTIONS.get(1));
    if (Files.exists(caption)) {
      String only = read(caption);
      if (Files.exists(text) && !read(text).equals(only)) {
        throw new TrainingException(
            "captions '%s' and '%s' differ, expected one of them".formatted(text, caption),
            ErrorDetails.in(caption));
      }
      return only;
    }
    if (Files.exists(text)) {
      return read(text);
    }
    return missing.orElseThrow(
        () ->
            new TrainingException(
                "image '%s' has no caption, expected its text in '%s'; use an empty file for no caption"
                    .formatted(image, text),
                ErrorDetails.in(text)));
  }

  private static String read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MOST_CAPTION_BYTES) {
        throw new TrainingException(
            "caption '%s' has %s bytes, expected at most %s; it is probably another file"
                .formatted(file, size, MOST_CAPTION_BYTES),
            ErrorDetails.in(file));
      }
      String text = Files.readString(file);
      // Windows' editor writes a byte order mark at the start of UTF-8 files.
      String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
      // Not a pattern of blanks around ends of lines, which takes quadratic time for many blanks.
      return Stream.of(bare.split("\\R"))
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .collect(Collectors.joining(" "));
    } catch (CharacterCodingException e) {
      throw new TrainingException(
          "caption '%s' cannot be read: it is not UTF-8 text".formatted(file),
          ErrorDetails.in(file),
          e);
    } catch (IOException e) {
      throw new TrainingException(
          "caption '%s' cannot be read: %s".formatted(file, FileReason.of(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  private static String stem(Path image) {
    String name = fileName(image);
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }
}
