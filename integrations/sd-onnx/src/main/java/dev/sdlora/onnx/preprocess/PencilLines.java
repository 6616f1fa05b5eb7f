package dev.sdlora.onnx.preprocess;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.session.OnnxNetwork;

/** Lines by Informative Drawings, which draws in black on white; control images are inverted. */
final class PencilLines {
  private static final String EXPECTED =
      "a network of line drawings: an image [1, 3, height, width] to lines [1, 1, height, width]";

  private PencilLines() {}

  static Image of(OnnxNetwork network, Pixels image) {
    return NetworkImage.plane(
            network,
            NetworkImage.run(network, image, 255, EXPECTED),
            network.outputs().get(0),
            EXPECTED,
            image)
        .toImage(value -> 255 - Math.max(0, Math.min(255, (int) ((float) value * 255f))));
  }
}
