package dev.sdlora.onnx.preprocess;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Cubic;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.pixels.Plane;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;

/** Depth by Depth Anything V2: levels from the farthest, 0, to the nearest point, 255. */
final class Depth {
  private static final String EXPECTED =
      "Depth Anything V2: an image [1, 3, height, width] to depth [1, height, width]";

  private static final float[] MEANS = {0.485f * 255, 0.456f * 255, 0.406f * 255};
  private static final float[] DEVIATIONS = {0.229f * 255, 0.224f * 255, 0.225f * 255};

  /** The side of the images that the network was trained with, and the side of its patches. */
  private static final int SIDE = 518;

  private static final int PATCH = 14;

  /** Longer images are reduced, because time and memory grow with the square of the patches. */
  private static final int LONGEST = 4 * SIDE;

  /** Depths that differ less than this are the noise of the network. */
  private static final float FLAT = 1e-5f;

  private Depth() {}

  static Image of(OnnxNetwork network, Pixels image) {
    ImageInput input = ImageInput.of(network, EXPECTED);
    int width = input.isFree() ? side(image.width(), image) : input.width();
    int height = input.isFree() ? side(image.height(), image) : input.height();
    float[] planes = Cubic.planes(image, width, height, MEANS, DEVIATIONS);
    Tensor depth = network.run(new Tensor(planes, 1, 3, height, width)).values().iterator().next();
    Plane plane = NetworkImage.plane(network, depth, width, height, EXPECTED, image);
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float value : plane.values()) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    float from = least;
    float range = most - least;
    return plane.toImage(
        value ->
            range > FLAT * Math.max(1, Math.abs(from))
                ? (int) (((float) value - from) / range * 255f)
                : 0);
  }

  /** The shorter side becomes 518, both multiples of 14. */
  private static int side(int side, Pixels image) {
    int shorter = Math.min(image.width(), image.height());
    int longer = Math.max(image.width(), image.height());
    double scale = Math.min((double) SIDE / shorter, (double) LONGEST / longer);
    int patches = (int) Math.rint(scale * side / PATCH);
    return Math.max(1, patches) * PATCH;
  }
}
