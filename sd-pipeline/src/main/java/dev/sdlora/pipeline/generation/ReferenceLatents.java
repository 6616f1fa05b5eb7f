package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.pipeline.canvas.CanvasEncoder;
import java.util.ArrayList;
import java.util.List;

/** Encodes the reference images of a request. */
final class ReferenceLatents {
  private ReferenceLatents() {}

  /** Returns the latents, float32 [1, channels, height, width] each, in the images' order. */
  static List<NDArray> encode(
      PromptSpec spec, CanvasEncoder encoder, Progress progress, NDManager scope) {
    List<NDArray> latents = new ArrayList<>();
    for (Image image : spec.referenceImages()) {
      progress.stopIfCancelled();
      latents.add(encoder.reference(image, scope));
    }
    return latents;
  }
}
