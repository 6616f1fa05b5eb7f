package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A set of at least one training image with captions. Immutable. */
public final class TrainingSet {
  private static final List<String> EXTENSIONS = List.of(".png", ".jpg", ".jpeg");
  private static final String IN_MEMORY = "pictures";

  private final String name;
  private final List<TrainingExample> examples;

  private TrainingSet(String name, List<TrainingExample> examples) {
    this.name = name;
    this.examples = List.copyOf(examples);
  }

  /**
   * Creates a set of images.
   *
   * @param examples the images with their captions, at least one
   * @return the set, which is named {@code pictures} in the trained file
   * @throws IllegalArgumentException if there are none
   */
  public static TrainingSet of(List<TrainingExample> examples) {
    Objects.requireNonNull(examples, "examples");
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("examples must not be empty");
    }
    return new TrainingSet(IN_MEMORY, examples);
  }

  /**
   * Creates a set from the PNG and JPEG files in a folder, excluding subfolders and hidden files.
   * The caption of {@code name.png} is the text of {@code name.txt} next to it, in UTF-8; it may be
   * empty. Images are read at the start of a training run.
   *
   * @param folder a folder with images and captions
   * @return the images in the order of their names
   * @throws TrainingException if the folder is missing or contains no image, or a caption is
   *     missing or cannot be read
   */
  public static TrainingSet ofFolder(Path folder) {
    return ofFolder(folder, Optional.empty());
  }

  /**
   * Creates a set like {@link #ofFolder(Path)}, with a default caption for images without a text
   * file.
   *
   * @param folder a folder with images and optional captions
   * @param missing the default caption, such as the trigger word alone
   * @return the images in the order of their names
   * @throws TrainingException if the folder is missing or contains no image, or a caption cannot be
   *     read
   */
  public static TrainingSet ofFolder(Path folder, String missing) {
    return ofFolder(folder, Optional.of(Objects.requireNonNull(missing, "missing")));
  }

  /** No images, for training on prompts. */
  static TrainingSet none() {
    return new TrainingSet("prompts", List.of());
  }

  private static TrainingSet ofFolder(Path folder, Optional<String> missing) {
    Objects.requireNonNull(folder, "folder");
    List<TrainingExample> examples = new ArrayList<>();
    for (Path image : images(folder)) {
      examples.add(TrainingExample.of(image, caption(image, missing)));
    }
    if (examples.isEmpty()) {
      throw new TrainingException(
          "folder '%s' contains no images, expected files that end in .png, .jpg or .jpeg"
              .formatted(folder),
          ErrorDetails.in(folder));
    }
    return new TrainingSet(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()), examples);
  }

  private static List<Path> images(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new TrainingException(
          "'%s' is %s, expected a folder with images"
              .formatted(folder, Files.exists(folder) ? "a file" : "missing"),
          ErrorDetails.in(folder));
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> isImage(fileName(file))).sorted().toList();
    } catch (IOException e) {
      throw new TrainingException(
          "folder '%s' cannot be read: %s".formatted(folder, FileReason.of(e)),
          ErrorDetails.in(folder),
          e);
    }
  }

  private static boolean isImage(String name) {
    return !name.startsWith(".")
        && EXTENSIONS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String caption(Path image, Optional<String> missing) {
    String name = fileName(image);
    Path file = image.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".txt");
    if (missing.isPresent() && !Files.exists(file)) {
      return missing.get();
    }
    try {
      String text = Files.readString(file);
      // Windows' editor writes a byte order mark at the start of UTF-8 files.
      String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
      return bare.strip().replaceAll("\\s*\\R\\s*", " ");
    } catch (NoSuchFileException e) {
      throw new TrainingException(
          "image '%s' has no caption, expected its text in '%s'; use an empty file for no caption"
              .formatted(image, file),
          ErrorDetails.in(file),
          e);
    } catch (CharacterCodingException e) {
      throw new TrainingException(
          "caption '%s' cannot be read: it is not UTF-8 text".formatted(file),
          ErrorDetails.in(file),
          e);
    } catch (IOException e) {
      throw new TrainingException(
          "caption '%s' cannot be read: %s".formatted(file, e.getMessage()),
          ErrorDetails.in(file),
          e);
    }
  }

  /** {@return the images in order} */
  public List<TrainingExample> examples() {
    return examples;
  }

  /** {@return the name of the set in the trained file: the folder's name, or {@code pictures}} */
  public String name() {
    return name;
  }

  /**
   * Appends another set.
   *
   * @param other the other set, which may repeat images of this one
   * @return all images, under the name of this set
   */
  public TrainingSet plus(TrainingSet other) {
    Objects.requireNonNull(other, "other");
    return new TrainingSet(
        name, Stream.concat(examples.stream(), other.examples.stream()).toList());
  }

  /**
   * Returns a copy with another strength for all images; see {@link TrainingExample#strength()}.
   *
   * @param strength the strength, finite and not 0
   * @return the same images at that strength
   * @throws IllegalArgumentException if it is 0 or not finite
   */
  public TrainingSet withStrength(double strength) {
    return new TrainingSet(
        name, examples.stream().map(example -> example.withStrength(strength)).toList());
  }

  /** Returns a copy with a word prepended to the captions that lack it. */
  TrainingSet withTrigger(String word) {
    return new TrainingSet(
        name,
        examples.stream()
            .map(
                example ->
                    new TrainingExample(
                        example.name(),
                        example.image(),
                        withTrigger(word, example.caption()),
                        example.strength()))
            .toList());
  }

  private static String withTrigger(String word, String caption) {
    String alone = "(?iu)(?<![\\p{L}\\p{N}])" + Pattern.quote(word) + "(?![\\p{L}\\p{N}])";
    if (Pattern.compile(alone).matcher(caption).find()) {
      return caption;
    }
    return caption.isEmpty() ? word : word + ", " + caption;
  }
}
