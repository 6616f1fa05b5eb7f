package dev.sdlora.pipeline.generation;

import dev.sdlora.pipeline.denoise.Guidance;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the images that a pass draws together are guided: by its own model, and by the refiner from
 * the first on that wants it. Used by one thread.
 */
final class PassGuidance {
  private final Guidance first;
  private final Supplier<Guidance> refiner;
  private @Nullable Guidance refining;

  /**
   * Guidance of a pass.
   *
   * @param refiner asked once, when it is needed
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
