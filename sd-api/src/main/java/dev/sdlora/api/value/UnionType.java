package dev.sdlora.api.value;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The types of control images of a ControlNet Union, in the order of its weights. */
public enum UnionType {
  /** Poses. */
  OPENPOSE(0, "openpose", "OpenPose", "pose", "densepose"),
  /** Depth maps. */
  DEPTH(1, "depth", "Depth"),
  /** Wide edges and strokes. */
  SOFT_EDGE(
      2, "softedge", "Soft Edge", "hed", "pidi", "pidinet", "scribble", "sketch", "ted", "teed"),
  /** Thin edges and lines. */
  HARD_EDGE(3, "canny", "Hard Edge", "lineart", "anime_lineart", "lineart_anime", "mlsd"),
  /** Normal maps. */
  NORMAL(4, "normal", "Normal Map"),
  /** Segmentation maps. */
  SEGMENT(5, "segment", "Segmentation", "seg"),
  /** Copies without details; only in ProMax. */
  TILE(6, "tile", "Tile", "blur"),
  /** Images with black areas to fill; only in ProMax. */
  INPAINT(7, "inpaint", "Inpaint", "repaint");

  /** The number of types of Union. */
  public static final int UNION = 6;

  /** The number of types of ProMax. */
  public static final int PROMAX = 8;

  private final int number;
  private final String id;
  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
  private final List<String> others;

  UnionType(int number, String id, String label, String... others) {
    this.number = number;
    this.id = id;
    this.label = label;
    this.others = List.of(others);
  }

  /** Returns the index in the network's weights, from 0. */
  public int number() {
    return number;
  }

  /** Returns the name, such as {@code softedge}. */
  public String id() {
    return id;
  }

  /** Returns the value of A1111's field {@code union_control_type}, such as {@code Soft Edge}. */
  public String label() {
    return label;
  }

  /** Returns the names of the first types, those that a network of this many types has. */
  public static List<String> names(int types) {
    return Arrays.stream(values()).limit(types).map(UnionType::id).toList();
  }

  /**
   * Finds a type by its name, its label or a kind of control image that belongs to it; case, spaces
   * and punctuation are ignored.
   *
   * @throws IllegalArgumentException if the name is unknown; the message lists all names
   */
  public static UnionType parse(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "union type '%s' is unknown; known values: %s%s"
                        .formatted(
                            name,
                            String.join(", ", names(PROMAX)),
                            Nearest.question(
                                name,
                                Arrays.stream(values()).flatMap(UnionType::names).toList()))));
  }

  /** Whether {@link #parse} accepts a name. */
  public static boolean isKnown(String name) {
    return find(name).isPresent();
  }

  private Stream<String> names() {
    return Stream.concat(Stream.of(id), others.stream());
  }

  private static Optional<UnionType> find(String name) {
    String wanted = Labels.key(name);
    return Arrays.stream(values())
        .filter(
            type ->
                Stream.concat(type.names(), Stream.of(type.label))
                    .map(Labels::key)
                    .anyMatch(wanted::equals))
        .findFirst();
  }

  /**
   * Returns the type of the control images that a preprocessor makes; empty if they belong to no
   * type or to several.
   *
   * @param preprocessor its name
   */
  public static Optional<UnionType> ofPreprocessor(String preprocessor) {
    List<UnionType> types =
        ControlFilter.parse(preprocessor).types().stream()
            .flatMap(type -> find(type).stream())
            .distinct()
            .toList();
    return types.size() == 1 ? Optional.of(types.get(0)) : Optional.empty();
  }
}
