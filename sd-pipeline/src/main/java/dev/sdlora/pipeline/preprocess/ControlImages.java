package dev.sdlora.pipeline.preprocess;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.value.ControlFilter;
import dev.sdlora.api.value.NetworkFile;
import dev.sdlora.pipeline.raster.Raster;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Runs preprocessors: filters here, networks by {@link ImageNetworks}. */
public final class ControlImages {
  /** The side of the color adapter's squares. */
  private static final int SQUARE = 64;

  private ControlImages() {}

  /**
   * Makes a control image.
   *
   * @param source three channels
   * @return three channels
   * @throws dev.sdlora.api.error.ResourceException if it would be too large
   * @throws CheckpointException if the file of a network is missing
   */
  public static Raster make(Preprocessor preprocessor, Raster source) {
    return make(preprocessor, source, preprocessor.resolution(), List.of());
  }

  /**
   * Checks that a preprocessor can run.
   *
   * @param folders the folders for a preprocessor that names none itself
   * @throws CheckpointException if it runs a network whose file is missing
   * @throws IllegalStateException if nothing here runs networks
   */
  public static void check(Preprocessor preprocessor, List<Path> folders) {
    List<NetworkFile> networks = ControlFilter.parse(preprocessor.name()).networks();
    List<Path> searched = folders(preprocessor, folders);
    if (!networks.isEmpty()) {
      Services.find(ImageNetworks.class, "sd-onnx");
      if (NetworkFile.find(networks, searched).isEmpty()) {
        throw new CheckpointException(
            NetworkFile.missing(preprocessor.name(), networks, searched),
            ErrorDetails.NONE.withName(preprocessor.name()));
      }
    }
  }

  private static List<Path> folders(Preprocessor preprocessor, List<Path> others) {
    return preprocessor.directory().map(List::of).orElse(others);
  }

  /**
   * Makes the control image for images of a size. Without a resolution, it is made at the size at
   * which the network sees it: A1111's "Pixel Perfect".
   *
   * @param mode fits the control image to the size afterwards
   * @param folders the folders with networks for a preprocessor that names none itself
   */
  public static Raster make(
      Preprocessor preprocessor,
      Raster source,
      ResizeMode mode,
      ImageSize size,
      List<Path> folders) {
    double across = (double) size.width() / source.width();
    double down = (double) size.height() / source.height();
    double scale =
        mode == ResizeMode.RESIZE_AND_FILL ? Math.min(across, down) : Math.max(across, down);
    int shorter = (int) Math.rint(scale * Math.min(source.width(), source.height()));
    int resolution = preprocessor.resolution().orElse(Math.max(1, shorter));
    return make(preprocessor, source, OptionalInt.of(resolution), folders);
  }

  private static Raster make(
      Preprocessor preprocessor, Raster source, OptionalInt resolution, List<Path> folders) {
    ControlFilter filter = ControlFilter.parse(preprocessor.name());
    Sized sized = new Sized(preprocessor.name(), source, resolution);
    double first = preprocessor.thresholds().stream().findFirst().orElse(0.0);
    return switch (filter) {
      case NONE -> source;
      case INVERT -> source.inverted();
      case GREY -> coloured(source.grey());
      case RECOLOR_LUMINANCE -> coloured(Recolor.luminance(source, first));
      case RECOLOR_INTENSITY -> coloured(Recolor.intensity(source, first));
      case TILE_RESAMPLE -> smaller(source, first);
      case COLOR_GRID -> grid(sized.averaged());
      case BLUR_GAUSSIAN -> Gauss.levels(sized.resized(), first);
      case CANNY -> {
        double second = preprocessor.thresholds().get(1);
        yield coloured(sized.through(it -> Canny.edges(it, (int) first, (int) second)));
      }
      case SOFTEDGE_GRADIENT -> coloured(sized.through(it -> Lines.gradient(it, first)));
      case LINEART_STANDARD -> coloured(sized.through(Lines::darker));
      case SCRIBBLE_XDOG -> coloured(sized.through(it -> Lines.strokes(it, first)));
      case THRESHOLD -> coloured(sized.through(it -> above(it, first)));
      case DEPTH_ANYTHING_V2, DW_OPENPOSE_FULL, SOFTEDGE_HED, LINEART_REALISTIC ->
          network(preprocessor, sized, folders);
      case SCRIBBLE_HED -> coloured(Scribbles.along(network(preprocessor, sized, folders)));
    };
  }

  private static Raster network(Preprocessor preprocessor, Sized sized, List<Path> folders) {
    check(preprocessor, folders);
    ImageNetworks networks = Services.find(ImageNetworks.class, "sd-onnx");
    List<Path> searched = folders(preprocessor, folders);
    return sized.throughNetwork(
        it -> Raster.of(networks.preprocess(preprocessor, searched, it.toImage())));
  }

  private static Raster coloured(Raster grey) {
    byte[] samples = new byte[3 * grey.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = grey.samples()[i / 3];
    }
    return new Raster(grey.width(), grey.height(), 3, samples);
  }

  /** As in A1111, factors below 1.1 have no effect. */
  private static Raster smaller(Raster source, double factor) {
    if (factor < 1.1) {
      return source;
    }
    return CvResize.area(
        source,
        Math.max(1, (int) (source.width() / factor)),
        Math.max(1, (int) (source.height() / factor)));
  }

  /** The squares that fit into the image, at least one each way, are enlarged to all of it. */
  private static Raster grid(Raster image) {
    int across = Math.max(1, image.width() / SQUARE);
    int down = Math.max(1, image.height() / SQUARE);
    return CvResize.nearest(CvResize.cubic(image, across, down), image.width(), image.height());
  }

  private static Raster above(Raster source, double threshold) {
    byte[] white = new byte[source.width() * source.height()];
    int channels = source.channels();
    for (int i = 0; i < white.length; i++) {
      int least = 255;
      for (int c = 0; c < channels; c++) {
        least = Math.min(least, source.level(i * channels + c));
      }
      white[i] = (byte) (least > threshold ? 255 : 0);
    }
    return new Raster(source.width(), source.height(), 1, white);
  }
}
