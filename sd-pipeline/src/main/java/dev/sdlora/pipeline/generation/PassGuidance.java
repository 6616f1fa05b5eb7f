package dev.sdlora.pipeline.generation;

import dev.sdlora.families.denoise.Guidance;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The guidance of images that a pass draws together: by the pipeline's model, and by the refiner
 * from the first image that switches to it. Used by one thread.
 */
final class PassGuidance {
  private final Guidance first;
  private final Supplier<Guidance> refiner;
  private @Nullable Guidance refining;

  /**
   * Creates the guidance of a pass.
   *
   * @param refiner called once, when it is first needed
   */
  PassGuidance(Guidance first, Supplier<Guidance> refiner) {
    this.first = first;
    this.refiner = refiner;
  }

  Guidance first() {
    return first;
  }

  Guidance refining() {
    if (refining == null) {
      refining = refiner.get();
    }
    return refining;
  }
}
