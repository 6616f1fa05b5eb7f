package dev.sdlora.api.value;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The preprocessors of control images, by the names of A1111's extension. */
public enum ControlFilter {
  /** The image as it is. */
  NONE("none", "none", List.of(), false),
  /** Thin edges. */
  CANNY(
      "canny",
      "canny",
      List.of("Canny"),
      true,
      new Slider("Low Threshold", 0, 256, 1, 100),
      new Slider("High Threshold", 0, 256, 1, 200)),
  /** Wide edges that fade at their sides. */
  SOFTEDGE_GRADIENT(
      "softedge_gradient",
      "softedge_gradient",
      List.of("SoftEdge"),
      true,
      new Slider("Sigma", 0.5, 8, 0.1, 1.5)),
  /** Dark lines, white on black. */
  LINEART_STANDARD(
      "lineart_standard",
      "lineart_standard (from white bg & black line)",
      List.of("Lineart"),
      true),
  /** Bold white strokes. */
  SCRIBBLE_XDOG(
      "scribble_xdog",
      "scribble_xdog",
      List.of("Scribble", "Sketch"),
      true,
      new Slider("XDoG Threshold", 1, 64, 1, 32)),
  /** The negative. */
  INVERT(
      "invert",
      "invert (from white bg & black line)",
      List.of("Canny", "Lineart", "Scribble", "Sketch", "MLSD"),
      false),
  /** White where all colours are above a level. */
  THRESHOLD(
      "threshold",
      "threshold",
      List.of(),
      true,
      new Slider("Binarization Threshold", 0, 255, 1, 127)),
  /** Brightness without colour. */
  GREY("grey", "grey", List.of("Recolor"), false),
  /** The lightness of CIELAB. */
  RECOLOR_LUMINANCE(
      "recolor_luminance",
      "recolor_luminance",
      List.of("Recolor"),
      false,
      new Slider("Gamma Correction", 0.1, 2, 0.001, 1)),
  /** The largest of red, green and blue, the value of HSV. */
  RECOLOR_INTENSITY(
      "recolor_intensity",
      "recolor_intensity",
      List.of("Recolor"),
      false,
      new Slider("Gamma Correction", 0.1, 2, 0.001, 1)),
  /** A smaller copy. */
  TILE_RESAMPLE(
      "tile_resample",
      "tile_resample",
      List.of("Tile", "Blur"),
      false,
      new Slider("Down Sampling Rate", 1, 8, 0.01, 1)),
  /** A blurred copy. */
  BLUR_GAUSSIAN(
      "blur_gaussian",
      "blur_gaussian",
      List.of("Tile", "Blur"),
      true,
      new Slider("Sigma", 0.01, 64, 0.01, 9)),
  /** Squares of 64 pixels, each of one colour. */
  COLOR_GRID("t2ia_color_grid", "t2ia_color_grid", List.of("T2I-Adapter"), true),
  /** Depth: white is near. */
  DEPTH_ANYTHING_V2("depth_anything_v2", List.of("Depth"), NetworkFile.DEPTH),
  /** Skeletons of people, with hands and faces. */
  DW_OPENPOSE_FULL("dw_openpose_full", List.of("OpenPose"), NetworkFile.PEOPLE, NetworkFile.POSE),
  /** Soft edges. */
  SOFTEDGE_HED("softedge_hed", List.of("SoftEdge"), NetworkFile.EDGES),
  /** Bold strokes along soft edges. */
  SCRIBBLE_HED("scribble_hed", List.of("Scribble", "Sketch"), NetworkFile.EDGES),
  /** Lines as drawn with a pencil, white on black. */
  LINEART_REALISTIC("lineart_realistic", List.of("Lineart"), NetworkFile.LINES);

  /** Parts of the names of A1111's preprocessors that run another network or change the model. */
  private static final Pattern NETWORKS =
      Pattern.compile(
          "depth|pose|normal|seg|mlsd|hed|pidi|teed|lineart|clip|ip-adapter|reference|revision"
              + "|inpaint|lama|face|instant|pulid|oneformer|anime|manga|scribble|softedge|colorfix");

  private final String id;
  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
  private final List<String> types;

  private final boolean resizes;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
  private final List<NetworkFile> networks;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
  private final List<Slider> sliders;

  ControlFilter(String id, String label, List<String> types, boolean resizes, Slider... sliders) {
    this.id = id;
    this.label = label;
    this.types = types;
    this.resizes = resizes;
    this.sliders = List.of(sliders);
    this.networks = List.of();
  }

  ControlFilter(String id, List<String> types, NetworkFile... networks) {
    this.id = id;
    this.label = id;
    this.types = types;
    this.resizes = true;
    this.sliders = List.of();
    this.networks = List.of(networks);
  }

  /**
   * A number that a preprocessor takes.
   *
   * @param label its name
   * @param least the smallest valid value
   * @param most the largest valid value
   * @param step the distance between values in user interfaces
   * @param usual the default
   */
  public record Slider(String label, double least, double most, double step, double usual) {}

  /** Returns the name, such as {@code scribble_xdog}. */
  public String id() {
    return id;
  }

  /** Returns the name that A1111 shows and writes into image metadata. */
  public String label() {
    return label;
  }

  /** Returns A1111's control types that offer it, besides All. */
  public List<String> types() {
    return types;
  }

  /** Whether the image is resized before it is processed. */
  public boolean resizes() {
    return resizes;
  }

  /** Returns the files of its networks; empty if it runs none. */
  public List<NetworkFile> networks() {
    return networks;
  }

  /** Returns the numbers it takes: none, one or two. */
  public List<Slider> sliders() {
    return sliders;
  }

  /**
   * Finds a preprocessor by its name or label; case, spaces and punctuation are ignored.
   *
   * @throws IllegalArgumentException if the name is unknown; the message lists all names
   */
  public static ControlFilter parse(String name) {
    String wanted = Labels.key(name);
    for (ControlFilter filter : values()) {
      if (List.of(filter.id, filter.label, filter.name()).stream()
              .map(Labels::key)
              .anyMatch(wanted::equals)
          || filter.aliases().stream().map(Labels::key).anyMatch(wanted::equals)) {
        return filter;
      }
    }
    List<String> names = Arrays.stream(values()).map(ControlFilter::id).toList();
    boolean isNetwork = NETWORKS.matcher(name.toLowerCase(Locale.ROOT)).find();
    throw new IllegalArgumentException(
        "preprocessor '%s' %s; known values: %s%s"
            .formatted(
                name,
                isNetwork
                    ? "is not supported (use 'none' for an image that another program preprocessed)"
                    : "is unknown",
                String.join(", ", names),
                Nearest.question(name, names)));
  }

  private List<String> aliases() {
    return switch (this) {
      case BLUR_GAUSSIAN -> List.of("blur");
      case COLOR_GRID -> List.of("color", "colour");
      case GREY -> List.of("gray");
      case SCRIBBLE_XDOG -> List.of("scribble");
      case SOFTEDGE_GRADIENT -> List.of("softedge");
      case SOFTEDGE_HED -> List.of("hed");
      case LINEART_REALISTIC -> List.of("lineart");
      case DW_OPENPOSE_FULL -> List.of("dwpose");
      case TILE_RESAMPLE -> List.of("tile");
      default -> List.of();
    };
  }
}
