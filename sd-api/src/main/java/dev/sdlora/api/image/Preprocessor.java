package dev.sdlora.api.image;

import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.ControlFilter;
import dev.sdlora.api.value.Decimals;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A filter that makes the control image of a ControlNet or T2I-Adapter from any image, without a
 * network: edges, lines, scribbles, blurred or coloured areas. The names, settings and results are
 * those of A1111's ControlNet extension, apart from {@link #SOFTEDGE_GRADIENT} and {@link #GREY},
 * which it does not have. The same image and settings always give the same pixels. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * Image edges = Preprocessor.CANNY.withThresholds(50, 150).apply(Image.read(Path.of("photo.png")));
 * }</pre>
 *
 * @param name A1111's name, such as {@code scribble_xdog}
 * @param resolution the length in pixels of the shorter side of the processed image, 64 to 2048, as
 *     A1111's {@code processor_res}; empty for the image's own size, or in a {@link ControlUnit}
 *     for the size at which the network sees the image (A1111's "Pixel Perfect"). {@link #INVERT},
 *     {@link #GREY}, {@link #RECOLOR_LUMINANCE}, {@link #RECOLOR_INTENSITY} and {@link
 *     #TILE_RESAMPLE} ignore it
 * @param thresholds A1111's {@code threshold_a} and {@code threshold_b}: none, one or two numbers,
 *     by name
 */
public record Preprocessor(String name, OptionalInt resolution, List<Double> thresholds) {
  /** The image as it is, which is preprocessed already. */
  public static final Preprocessor NONE = usual(ControlFilter.NONE);

  /**
   * Thin white edges (Canny 1986), equal to OpenCV's. Two thresholds from 0 to 256, default 100 and
   * 200: edges above the larger one, and those above the smaller one that continue them.
   */
  public static final Preprocessor CANNY = usual(ControlFilter.CANNY);

  /**
   * Wide white edges: the steepest gradient of red, green and blue after a Gaussian blur. One
   * number: the standard deviation of the blur in pixels, 0.5 to 8, default 1.5.
   */
  public static final Preprocessor SOFTEDGE_GRADIENT = usual(ControlFilter.SOFTEDGE_GRADIENT);

  /** White lines where the image has lines darker than their surroundings, such as a drawing. */
  public static final Preprocessor LINEART_STANDARD = usual(ControlFilter.LINEART_STANDARD);

  /**
   * Bold white strokes: a difference of two Gaussians. One threshold from 1 to 64, default 32; a
   * smaller one gives more strokes.
   */
  public static final Preprocessor SCRIBBLE_XDOG = usual(ControlFilter.SCRIBBLE_XDOG);

  /** The negative, such as white lines from a drawing in black on white. */
  public static final Preprocessor INVERT = usual(ControlFilter.INVERT);

  /** White where red, green and blue are above a threshold, 0 to 255, default 127; else black. */
  public static final Preprocessor THRESHOLD = usual(ControlFilter.THRESHOLD);

  /** The brightness of the pixels, with the weights of ITU-R BT.601. */
  public static final Preprocessor GREY = usual(ControlFilter.GREY);

  /**
   * The lightness of the pixels (CIELAB), for recolor ControlNets. One number: the exponent of a
   * gamma correction, 0.1 to 2, default 1. As in A1111, red and blue are exchanged.
   */
  public static final Preprocessor RECOLOR_LUMINANCE = usual(ControlFilter.RECOLOR_LUMINANCE);

  /**
   * The largest of red, green and blue (the value of HSV), for recolor ControlNets. One number: the
   * exponent of a gamma correction, 0.1 to 2, default 1.
   */
  public static final Preprocessor RECOLOR_INTENSITY = usual(ControlFilter.RECOLOR_INTENSITY);

  /** A copy that is smaller by a factor from 1 to 8, default 1. For tile ControlNets. */
  public static final Preprocessor TILE_RESAMPLE = usual(ControlFilter.TILE_RESAMPLE);

  /**
   * A blurred copy. One number: the standard deviation in pixels, 0.01 to 64, default 9. For tile
   * and blur ControlNets.
   */
  public static final Preprocessor BLUR_GAUSSIAN = usual(ControlFilter.BLUR_GAUSSIAN);

  /**
   * A square of the given resolution (default 512), divided into squares of 64 pixels of one colour
   * each. For the color T2I-Adapter.
   */
  public static final Preprocessor COLOR_GRID = usual(ControlFilter.COLOR_GRID);

  private static final int LEAST_RESOLUTION = 64;
  private static final int MOST_RESOLUTION = 2048;

  /**
   * Checks the settings.
   *
   * @param name a name that {@link #named} accepts
   * @param resolution 64 to 2048, or empty
   * @param thresholds as many numbers as the preprocessor has
   * @throws IllegalArgumentException if the name is unknown or a number is out of range
   */
  public Preprocessor {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(resolution, "resolution");
    thresholds = List.copyOf(Objects.requireNonNull(thresholds, "thresholds"));
    ControlFilter filter = ControlFilter.parse(name);
    name = filter.id();
    if (resolution.isPresent()) {
      Checks.inRange(
          LEAST_RESOLUTION,
          MOST_RESOLUTION,
          resolution.getAsInt(),
          "resolution of preprocessor '" + name + "'");
    }
    List<ControlFilter.Slider> sliders = filter.sliders();
    if (thresholds.size() != sliders.size()) {
      throw new IllegalArgumentException(
          "preprocessor '%s' has %s thresholds: %s".formatted(name, sliders.size(), thresholds));
    }
    for (int i = 0; i < sliders.size(); i++) {
      ControlFilter.Slider slider = sliders.get(i);
      Checks.inRange(
          slider.least(),
          slider.most(),
          thresholds.get(i),
          "'%s' of preprocessor '%s'".formatted(slider.label(), name));
    }
  }

  private static Preprocessor usual(ControlFilter filter) {
    return new Preprocessor(
        filter.id(),
        OptionalInt.empty(),
        filter.sliders().stream().map(ControlFilter.Slider::usual).toList());
  }

  /**
   * Finds a preprocessor by its name in A1111.
   *
   * @param name a name such as {@code canny} or a label such as {@code invert (from white bg &
   *     black line)}; case, spaces and punctuation are ignored
   * @return the preprocessor with its default settings
   * @throws IllegalArgumentException if the name is unknown or belongs to a preprocessor that runs
   *     a network; the message lists all names
   */
  public static Preprocessor named(String name) {
    Objects.requireNonNull(name, "name");
    return usual(ControlFilter.parse(name));
  }

  /** {@return all preprocessors with their default settings, starting with {@link #NONE}} */
  public static List<Preprocessor> builtIn() {
    return Arrays.stream(ControlFilter.values()).map(Preprocessor::usual).toList();
  }

  /**
   * Sets the length of the shorter side of the processed image.
   *
   * @param resolution pixels, 64 to 2048
   * @return a preprocessor with that resolution
   * @throws IllegalArgumentException if the resolution is out of range
   */
  public Preprocessor withResolution(int resolution) {
    return new Preprocessor(name, OptionalInt.of(resolution), thresholds);
  }

  /**
   * Sets the numbers that the preprocessor takes.
   *
   * @param thresholds at most as many as the preprocessor has; the others keep their values. The
   *     order of Canny's two thresholds does not matter, as in OpenCV
   * @return a preprocessor with these numbers
   * @throws IllegalArgumentException if there are too many or one is out of range
   */
  public Preprocessor withThresholds(double... thresholds) {
    Objects.requireNonNull(thresholds, "thresholds");
    List<Double> given = Arrays.stream(thresholds).boxed().toList();
    boolean few = given.size() < this.thresholds.size();
    List<Double> kept =
        few ? this.thresholds.subList(given.size(), this.thresholds.size()) : List.of();
    return new Preprocessor(
        name, resolution, Stream.concat(given.stream(), kept.stream()).toList());
  }

  /** {@return the name that A1111 shows and writes into image metadata} */
  public String label() {
    return ControlFilter.parse(name).label();
  }

  /**
   * Makes a control image.
   *
   * @param image any image
   * @return the control image, scaled to the resolution if there is one
   * @throws ResourceException if the image at that resolution is too large for the heap
   */
  public Image apply(Image image) {
    Objects.requireNonNull(image, "image");
    return Services.find(Backend.Images.class).preprocess(this, image);
  }

  /** Returns the name, the numbers and the resolution, such as {@code canny=100/200@512}. */
  @Override
  public String toString() {
    String numbers = String.join("/", thresholds.stream().map(Decimals::text).toList());
    return name
        + (numbers.isEmpty() ? "" : "=" + numbers)
        + (resolution.isPresent() ? "@" + resolution.getAsInt() : "");
  }
}
