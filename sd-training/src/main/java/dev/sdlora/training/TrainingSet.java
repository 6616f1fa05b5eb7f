package dev.sdlora.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A set of at least one training image with captions. Immutable. */
public final class TrainingSet {
  private static final String IN_MEMORY = "pictures";

  private final String name;
  private final List<TrainingExample> examples;
  private final List<Concept> concepts;

  /**
   * Images with a name of their own.
   *
   * @param name the name of their folder
   * @param repeats how often each is trained on in an epoch
   * @param images the number of images
   */
  record Concept(String name, int repeats, int images) {}

  /**
   * Creates a set.
   *
   * @param concepts those of kohya's layout; empty for a set without concepts
   */
  TrainingSet(String name, List<TrainingExample> examples, List<Concept> concepts) {
    this.name = name;
    this.examples = List.copyOf(examples);
    this.concepts = List.copyOf(concepts);
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
    return new TrainingSet(IN_MEMORY, examples, List.of());
  }

  /**
   * Creates a set from the PNG and JPEG files in a folder, excluding hidden files. The caption of
   * {@code name.png} is the text of {@code name.txt} or {@code name.caption} next to it, in UTF-8;
   * it may be empty. Its mask is {@code name-masklabel.png}, as OneTrainer calls it, or {@code
   * name.mask.png}, if there is one. Images are read at the start of a training run.
   *
   * <p>If the folder contains no images, but subfolders in kohya's layout, such as {@code 10_mycat
   * cat}, each of these is a concept: its images are trained on 10 times in an epoch, and {@code
   * mycat cat} is the caption of those without a caption file. Other subfolders are ignored.
   *
   * @param folder a folder with images and captions, or with one subfolder for each concept
   * @return the images in the order of their names
   * @throws TrainingException if a folder is missing or contains no image; if a caption is missing
   *     or cannot be read, or there are two of them that differ; if captions or masks have no
   *     image; if two concepts have the same words; or if there are images both in the folder and
   *     in subfolders for concepts
   */
  public static TrainingSet ofFolder(Path folder) {
    return TrainingFolder.read(Objects.requireNonNull(folder, "folder"), Optional.empty());
  }

  /**
   * Creates a set like {@link #ofFolder(Path)}, with a default caption for images without a text
   * file. Names of concepts take precedence over it.
   *
   * @param folder a folder with images and optional captions
   * @param missing the default caption, such as the trigger word alone
   * @return the images in the order of their names
   * @throws TrainingException as {@link #ofFolder(Path)}, except for missing captions
   */
  public static TrainingSet ofFolder(Path folder, String missing) {
    Objects.requireNonNull(folder, "folder");
    return TrainingFolder.read(folder, Optional.of(Objects.requireNonNull(missing, "missing")));
  }

  /** No images, for training on prompts. */
  static TrainingSet none() {
    return new TrainingSet("prompts", List.of(), List.of());
  }

  /** {@return the images in order} */
  public List<TrainingExample> examples() {
    return examples;
  }

  /** {@return the name of the set in the trained file: the folder's name, or {@code pictures}} */
  public String name() {
    return name;
  }

  /** The concepts of kohya's layout; empty for a set without concepts. */
  List<Concept> concepts() {
    return concepts;
  }

  /** The concepts, or the whole set as one. */
  List<Concept> folders() {
    return concepts.isEmpty() ? List.of(new Concept(name, 1, examples.size())) : concepts;
  }

  /** The number of images in an epoch: each is counted as often as it is repeated. */
  int imagesInEpoch() {
    return Math.toIntExact(examples.stream().mapToLong(TrainingExample::repeats).sum());
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
        name,
        Stream.concat(examples.stream(), other.examples.stream()).toList(),
        concepts.isEmpty() && other.concepts.isEmpty()
            ? List.of()
            : Stream.concat(folders().stream(), other.folders().stream()).toList());
  }

  /**
   * Returns a copy with another strength for all images; see {@link TrainingExample#strength()}.
   *
   * @param strength the strength, finite and not 0
   * @return the same images at that strength
   * @throws IllegalArgumentException if it is 0 or not finite
   */
  public TrainingSet withStrength(double strength) {
    return with(example -> example.withStrength(strength));
  }

  /** Returns a copy with a word prepended to the captions that lack it. */
  TrainingSet withTrigger(String word) {
    return with(example -> example.withCaption(withTrigger(word, example.caption())));
  }

  private TrainingSet with(UnaryOperator<TrainingExample> change) {
    return new TrainingSet(name, examples.stream().map(change).toList(), concepts);
  }

  private static String withTrigger(String word, String caption) {
    String alone = "(?iu)(?<![\\p{L}\\p{N}])" + Pattern.quote(word) + "(?![\\p{L}\\p{N}])";
    if (Pattern.compile(alone).matcher(caption).find()) {
      return caption;
    }
    return caption.isEmpty() ? word : word + ", " + caption;
  }
}
