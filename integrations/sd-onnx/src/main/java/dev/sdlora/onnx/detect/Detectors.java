package dev.sdlora.onnx.detect;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Detector;
import dev.sdlora.onnx.session.OnnxNetwork;
import java.nio.file.Path;

/** Opens detectors. */
public final class Detectors {
  private Detectors() {}

  /**
   * Opens a detector, whose kind is known by its outputs.
   *
   * @throws CheckpointException if the file holds another kind of network
   * @throws dev.sdlora.api.error.TensorFileException if it cannot be read
   */
  public static Detector open(Path file) {
    OnnxNetwork network = OnnxNetwork.open(file);
    try {
      if (!network.readsImage()) {
        throw other(network);
      }
      return YuNet.accepts(network) ? new YuNet(network) : Yolo.open(network);
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  static CheckpointException other(OnnxNetwork network) {
    return network.otherThan(
        "a detector: YuNet (cls_8, obj_8, bbox_8 and so on) or a YOLO network of Ultralytics"
            + " (output0 [1, 4 + classes, n] or [1, n, 6], with output1 [1, 32, h, w] for masks)");
  }
}
