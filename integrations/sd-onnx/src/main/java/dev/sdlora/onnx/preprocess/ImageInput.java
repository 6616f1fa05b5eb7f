package dev.sdlora.onnx.preprocess;

import dev.sdlora.onnx.session.OnnxNetwork;

/**
 * The size of the only input of a network, [1, 3, height, width].
 *
 * @param width columns; -1 for any
 * @param height rows; -1 for any
 */
record ImageInput(int width, int height) {
  /**
   * Reads the size.
   *
   * @param expected the kind of network, for errors
   * @throws dev.sdlora.api.error.CheckpointException if the network reads something else
   */
  static ImageInput of(OnnxNetwork network, String expected) {
    if (!network.readsImage()) {
      throw network.otherThan(expected);
    }
    long[] shape = network.inputShape(network.inputs().get(0));
    boolean free = shape[2] < 0 || shape[3] < 0;
    return new ImageInput(free ? -1 : (int) shape[3], free ? -1 : (int) shape[2]);
  }

  boolean isFree() {
    return width < 0;
  }
}
