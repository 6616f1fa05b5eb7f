package dev.sdlora.api.image;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.spi.ImageBackend;
import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.ControlFilter;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.NetworkFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A filter that makes the control image of a ControlNet or T2I-Adapter from any image: edges,
 * lines, scribbles, blurred or coloured areas, depth, poses. The names, settings and results are
 * those of A1111's ControlNet extension, apart from {@link #SOFTEDGE_GRADIENT} and {@link #GREY},
 * which it does not have. The same image and settings always give the same pixels. Immutable and
 * thread-safe.
 *
 * <p>Most preprocessors run no network. The others need ONNX files in a folder ({@link
 * #withDirectory}, or {@link Pipeline.Builder#preprocessorDirectory} for control units), the module
 * sd-onnx and ONNX Runtime; the page control-images.md names the files.
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
 * @param directory the folder with the files of a preprocessor that runs a network; empty for the
 *     folders of the pipeline
 */
public record Preprocessor(
    String name, OptionalInt resolution, List<Double> thresholds, Optional<Path> directory) {
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

  /**
   * Depth: white is near, black is far (Yang et al. 2024, "Depth Anything V2"). Runs a network:
   * {@code depth_anything_v2_vits.onnx}.
   */
  public static final Preprocessor DEPTH_ANYTHING_V2 = usual(ControlFilter.DEPTH_ANYTHING_V2);

  /**
   * Skeletons of people with hands and faces, in the colours of OpenPose (Yang et al. 2023,
   * "Effective Whole-body Pose Estimation"). Runs two networks: {@code yolox_l.onnx} and {@code
   * dw-ll_ucoco_384.onnx}.
   */
  public static final Preprocessor DW_OPENPOSE_FULL = usual(ControlFilter.DW_OPENPOSE_FULL);

  /**
   * Soft edges of things, not of textures (Xie and Tu 2015, "Holistically-Nested Edge Detection").
   * Runs a network: {@code ControlNetHED.onnx}.
   */
  public static final Preprocessor SOFTEDGE_HED = usual(ControlFilter.SOFTEDGE_HED);

  /** Bold white strokes along the edges of {@link #SOFTEDGE_HED}. Runs the same network. */
  public static final Preprocessor SCRIBBLE_HED = usual(ControlFilter.SCRIBBLE_HED);

  /**
   * White lines as drawn with a pencil (Chan et al. 2022, "Learning to generate line drawings").
   * Runs a network: {@code sk_model.onnx}.
   */
  public static final Preprocessor LINEART_REALISTIC = usual(ControlFilter.LINEART_REALISTIC);

  private static final int LEAST_RESOLUTION = 64;
  private static final int MOST_RESOLUTION = 2048;

  /**
   * Checks the settings.
   *
   * @param name a name that {@link #named} accepts
   * @param resolution 64 to 2048, or empty
   * @param thresholds as many numbers as the preprocessor has
   * @param directory the folder with the files of its networks
   * @throws IllegalArgumentException if the name is unknown or a number is out of range
   */
  public Preprocessor {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(resolution, "resolution");
    Objects.requireNonNull(directory, "directory");
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
        filter.sliders().stream().map(ControlFilter.Slider::usual).toList(),
        Optional.empty());
  }

  /**
   * Finds a preprocessor by its name in A1111.
   *
   * @param name a name such as {@code canny} or a label such as {@code invert (from white bg &
   *     black line)}; case, spaces and punctuation are ignored
   * @return the preprocessor with its default settings
   * @throws IllegalArgumentException if the name is unknown or belongs to a preprocessor of A1111
   *     that is not supported; the message lists all names
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
   * Finds the preprocessors that can run here: those without a network, and, with the module
   * sd-onnx, those with their files in one of the folders.
   *
   * @param directories folders with ONNX files, which are searched with their subfolders
   * @return the preprocessors with their default settings, starting with {@link #NONE}; those that
   *     run a network have their {@link #directory}
   */
  public static List<Preprocessor> available(List<Path> directories) {
    List<Path> folders = List.copyOf(Objects.requireNonNull(directories, "directories"));
    boolean runsNetworks = !folders.isEmpty() && Services.isPresent(ImageNetworks.class);
    return builtIn().stream()
        .flatMap(
            each -> {
              List<NetworkFile> networks = ControlFilter.parse(each.name).networks();
              if (networks.isEmpty()) {
                return Stream.of(each);
              }
              return folders.stream()
                  .filter(folder -> runsNetworks)
                  .filter(folder -> NetworkFile.find(networks, List.of(folder)).isPresent())
                  .limit(1)
                  .map(each::withDirectory);
            })
        .toList();
  }

  /**
   * Sets the folder with the files of a preprocessor that runs a network; others ignore it.
   *
   * @param directory a folder, which is searched with its subfolders
   * @return a preprocessor with that folder
   */
  public Preprocessor withDirectory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return new Preprocessor(name, resolution, thresholds, Optional.of(directory));
  }

  /**
   * Sets the length of the shorter side of the processed image.
   *
   * @param resolution pixels, 64 to 2048
   * @return a preprocessor with that resolution
   * @throws IllegalArgumentException if the resolution is out of range
   */
  public Preprocessor withResolution(int resolution) {
    return new Preprocessor(name, OptionalInt.of(resolution), thresholds, directory);
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
        name, resolution, Stream.concat(given.stream(), kept.stream()).toList(), directory);
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
   * @throws ResourceException if the image at that resolution is too large for the heap, or for a
   *     network
   * @throws CheckpointException if it runs a network and has no folder, or the file in it is
   *     missing or another kind of network
   * @throws TensorFileException if the file of a network cannot be read
   * @throws IllegalStateException if it runs a network, but sd-onnx or ONNX Runtime is missing
   */
  public Image apply(Image image) {
    Objects.requireNonNull(image, "image");
    return Services.find(ImageBackend.class).preprocess(this, image);
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
