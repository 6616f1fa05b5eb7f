package dev.sdlora.onnx.detect;

import dev.sdlora.api.image.Detector.Found;
import dev.sdlora.api.image.Image;
import java.util.Optional;

/** Makes finds from boxes. */
final class Finds {
  private Finds() {}

  static Found found(Candidate box, String label, Optional<Image> mask) {
    return new Found(
        box.left(),
        box.top(),
        box.right(),
        box.bottom(),
        Math.max(0, Math.min(1, box.score())),
        label,
        mask);
  }
}
