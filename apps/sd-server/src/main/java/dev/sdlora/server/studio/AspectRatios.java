package dev.sdlora.server.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.json.Fields;
import java.util.List;

/**
 * Sizes of usual aspect ratios with about as many pixels as the images that a model was trained on,
 * and never more.
 */
final class AspectRatios {
  /**
   * Sides are multiples of this share of the trained side: 64 pixels at 1024, as in the training
   * sizes of SDXL.
   */
  private static final int STEPS = 16;

  private static final List<int[]> RATIOS =
      List.of(
          new int[] {1, 1},
          new int[] {3, 2},
          new int[] {2, 3},
          new int[] {4, 3},
          new int[] {3, 4},
          new int[] {16, 9},
          new int[] {9, 16});

  private AspectRatios() {}

  /**
   * Returns the sizes with their {@code name}, such as {@code 3:2}.
   *
   * @param trained the size that the model was trained for
   * @param multiple the number that sides must be multiples of
   */
  static ArrayNode json(ImageSize trained, int multiple) {
    ArrayNode sizes = Fields.array();
    for (int[] ratio : RATIOS) {
      ImageSize size = size(trained, multiple, (double) ratio[0] / ratio[1]);
      sizes
          .addObject()
          .put("name", ratio[0] + ":" + ratio[1])
          .put("width", size.width())
          .put("height", size.height());
    }
    return sizes;
  }

  /** Returns the size that is closest to both the ratio and the trained number of pixels. */
  static ImageSize size(ImageSize trained, int multiple, double ratio) {
    double area = (double) trained.width() * trained.height();
    int step = Math.max(1, (int) Math.round(Math.sqrt(area) / STEPS / multiple)) * multiple;
    ImageSize best = new ImageSize(step, step);
    for (int width = step; width <= area / step; width += step) {
      for (int height = step; (double) width * height <= area; height += step) {
        ImageSize size = new ImageSize(width, height);
        if (distance(size, area, ratio) < distance(best, area, ratio)) {
          best = size;
        }
      }
    }
    return best;
  }

  private static double distance(ImageSize size, double area, double ratio) {
    double pixels = (double) size.width() * size.height();
    double shape = (double) size.width() / size.height();
    return Math.abs(Math.log(pixels / area)) + Math.abs(Math.log(shape / ratio));
  }
}
