package dev.sdlora.training.data;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.option.BucketOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The training sizes of images, by the rule of kohya's trainer ({@code BucketManager}). Immutable.
 */
public final class Buckets {
  /** The shortest side of an image that can be trained on, unless the resolution is smaller. */
  private static final int LEAST_SIDE = 64;

  private static final Comparator<ImageSize> ORDER =
      Comparator.comparingInt(ImageSize::width).thenComparingInt(ImageSize::height);

  private final ImageSize resolution;
  private final Optional<BucketOptions> options;
  private final List<ImageSize> sizes;

  /**
   * Creates buckets.
   *
   * @param resolution the training resolution, whose area no bucket exceeds
   * @param options the bounds on sizes; empty if all images are trained at the resolution
   */
  public Buckets(ImageSize resolution, Optional<BucketOptions> options) {
    this.resolution = resolution;
    this.options = options;
    this.sizes = options.map(given -> sizes(resolution, given)).orElse(List.of(resolution));
  }

  /**
   * The options to use at a training resolution: those given, but the usual sides and step, which
   * are meant for 512x512 and more, become smaller for a resolution with a side of at most the
   * shortest usual one. Its buckets have sides from half of its shorter to twice its longer side,
   * but at least 64, in steps of an eighth of the shorter one.
   *
   * @param multiple the sides of all sizes are multiples of it
   */
  public static BucketOptions suiting(BucketOptions given, ImageSize resolution, int multiple) {
    BucketOptions usual = BucketOptions.DEFAULTS;
    int shorter = Math.min(resolution.width(), resolution.height());
    if (!given.equals(new BucketOptions(usual.least(), usual.most(), usual.step(), given.upscale()))
        || shorter > usual.least()) {
      return given;
    }
    int longer = Math.max(resolution.width(), resolution.height());
    return new BucketOptions(
        Math.max(LEAST_SIDE, shorter / 2),
        Math.max(LEAST_SIDE, 2 * longer),
        Math.max(multiple, shorter / 8 / multiple * multiple),
        given.upscale());
  }

  /** The sizes that an enlarged or reduced image can have, in order of width and height. */
  List<ImageSize> sizes() {
    return sizes;
  }

  /**
   * The training size of an image and how it is scaled; empty if it is smaller than the smallest
   * bucket, or a side has less than 64 pixels before or after it is reduced.
   */
  public Optional<Placement> place(int width, int height) {
    if (Math.min(width, height) < leastSide()
        || (options.isPresent() && Math.max(width, height) < least(options.get()))) {
      return Optional.empty();
    }
    if (options.isPresent() && !options.get().upscale()) {
      return reduced(width, height, options.get().step());
    }
    return Optional.of(Placement.covering(width, height, closest(width, height)));
  }

  private int leastSide() {
    return Math.min(LEAST_SIDE, Math.min(resolution.width(), resolution.height()));
  }

  /** The least size of images that {@link #place} accepts, in words. */
  public String requirement() {
    return options
            .filter(given -> least(given) > leastSide())
            .map(given -> "at least %s on the longer side and ".formatted(least(given)))
            .orElse("")
        + "at least %s on each side".formatted(leastSide());
  }

  private static List<ImageSize> sizes(ImageSize resolution, BucketOptions options) {
    int step = options.step();
    long area = (long) resolution.width() * resolution.height();
    int least = least(options);
    int most = most(options);
    Set<ImageSize> sizes = new TreeSet<>(ORDER);
    int square = ((int) (Math.sqrt((double) area) / step)) * step;
    sizes.add(new ImageSize(square, square));
    for (int width = least; width <= most; width += step) {
      int height = (int) Math.min(most, area / width / step * step);
      if (height >= least) {
        sizes.add(new ImageSize(width, height));
        sizes.add(new ImageSize(height, width));
      }
    }
    return new ArrayList<>(sizes);
  }

  /** The shortest side of a bucket, a multiple of the step. */
  public static int least(BucketOptions options) {
    return Math.max(options.step(), options.least() / options.step() * options.step());
  }

  /** The longest side of a bucket, a multiple of the step. */
  public static int most(BucketOptions options) {
    return (options.most() + options.step() - 1) / options.step() * options.step();
  }

  /** The size of an image if it is one of the buckets, otherwise that of the closest ratio. */
  private ImageSize closest(int width, int height) {
    double ratio = (double) width / height;
    ImageSize best = sizes.get(0);
    for (ImageSize size : sizes) {
      if (size.width() == width && size.height() == height) {
        return size;
      }
      if (error(size, ratio) < error(best, ratio)) {
        best = size;
      }
    }
    return best;
  }

  private static double error(ImageSize size, double ratio) {
    return Math.abs((double) size.width() / size.height() - ratio);
  }

  /**
   * The size of an image that is never enlarged: reduced to the area of the resolution with one
   * side a multiple of the step, and cropped to multiples of the step.
   */
  private Optional<Placement> reduced(int width, int height, int step) {
    int scaledWidth = width;
    int scaledHeight = height;
    double area = (double) resolution.width() * resolution.height();
    if ((double) width * height > area) {
      double ratio = (double) width / height;
      double exactWidth = Math.sqrt(area * ratio);
      int byWidth = rounded(exactWidth, step);
      int byHeight = rounded(area / exactWidth, step);
      double ratioByWidth = (double) byWidth / rounded(byWidth / ratio, step);
      double ratioByHeight = (double) rounded(byHeight * ratio, step) / byHeight;
      if (Math.abs(ratioByWidth - ratio) < Math.abs(ratioByHeight - ratio)) {
        scaledWidth = byWidth;
        scaledHeight = (int) (byWidth / ratio + 0.5);
      } else {
        scaledWidth = (int) (byHeight * ratio + 0.5);
        scaledHeight = byHeight;
      }
    }
    int cutWidth = scaledWidth - scaledWidth % step;
    int cutHeight = scaledHeight - scaledHeight % step;
    return Math.min(cutWidth, cutHeight) < leastSide()
        ? Optional.empty()
        : Optional.of(new Placement(new ImageSize(cutWidth, cutHeight), scaledWidth, scaledHeight));
  }

  /** The nearest whole number, rounded down to a multiple of the step. */
  private static int rounded(double value, int step) {
    int whole = (int) (value + 0.5);
    return whole - whole % step;
  }
}
