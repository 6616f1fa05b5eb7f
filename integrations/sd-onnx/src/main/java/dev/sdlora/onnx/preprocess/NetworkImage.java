package dev.sdlora.onnx.preprocess;

import dev.sdlora.onnx.pixels.Linear;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.pixels.Plane;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.Map;

/** Runs networks from an image to images of one channel. */
final class NetworkImage {
  /** The scales of both sides of an output differ no more than by rounding. */
  private static final double DISTORTION = 0.1;

  private NetworkImage() {}

  /**
   * Runs a network; an image of another size than its only one is resized.
   *
   * @param divisor divides the levels
   * @param expected the kind of network, for errors
   */
  static Map<String, Tensor> run(
      OnnxNetwork network, Pixels image, float divisor, String expected) {
    ImageInput input = ImageInput.of(network, expected);
    Pixels fitted = input.isFree() ? image : Linear.resize(image, input.width(), input.height());
    return network.run(new Tensor(fitted.planes(divisor), 1, 3, fitted.height(), fitted.width()));
  }

  /** Returns an output at the size of the image. */
  static Plane plane(
      OnnxNetwork network,
      Map<String, Tensor> outputs,
      String name,
      String expected,
      Pixels image) {
    Tensor made = outputs.get(name);
    if (made == null) {
      throw network.otherThan(expected);
    }
    return plane(network, made, image.width(), image.height(), expected, image);
  }

  /**
   * Returns an output at the size of the image.
   *
   * @param width the width of the input, whose shape the output must have
   * @param height the height of the input
   */
  static Plane plane(
      OnnxNetwork network, Tensor made, int width, int height, String expected, Pixels image) {
    boolean isPlane =
        made.shape().length >= 3
            && made.values().length > 0
            && made.values().length == made.fromLast(0) * made.fromLast(1);
    if (!isPlane
        || Math.abs((double) made.fromLast(0) / width - (double) made.fromLast(1) / height)
            > DISTORTION) {
      throw network.otherThan(expected);
    }
    return Linear.resize(
        new Plane(made.fromLast(0), made.fromLast(1), made.values()),
        image.width(),
        image.height());
  }
}
