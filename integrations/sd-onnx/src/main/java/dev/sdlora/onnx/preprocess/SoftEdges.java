package dev.sdlora.onnx.preprocess;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.pixels.Plane;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Soft edges by ControlNet's HED, whose input is 0 to 255: the sigmoid of the mean of its five
 * outputs. An export with one output returns that already.
 */
final class SoftEdges {
  private static final int SCALES = 5;

  private static final String EXPECTED =
      "ControlNet's HED: an image [1, 3, height, width] to one map of edges or five, [1, 1, height,"
          + " width]";

  private SoftEdges() {}

  static Image of(OnnxNetwork network, Pixels image) {
    Map<String, Tensor> outputs = NetworkImage.run(network, image, 1, EXPECTED);
    List<String> names = network.outputs();
    if (names.size() == 1) {
      return NetworkImage.plane(network, outputs, names.get(0), EXPECTED, image)
          .toImage(value -> (int) (value * 255));
    }
    if (names.size() < SCALES) {
      throw network.otherThan(EXPECTED);
    }
    float[] sums = new float[image.width() * image.height()];
    for (String name : names.subList(0, SCALES)) {
      Plane plane = NetworkImage.plane(network, outputs, name, EXPECTED, image);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += plane.values()[i];
      }
    }
    return new Plane(image.width(), image.height(), sums)
        .toImage(sum -> (int) (255 / (1 + Math.exp(-sum / SCALES))));
  }
}
