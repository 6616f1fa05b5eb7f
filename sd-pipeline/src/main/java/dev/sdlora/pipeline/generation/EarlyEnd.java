package dev.sdlora.pipeline.generation;

import dev.sdlora.api.GenerationListener;

/**
 * Whether a generation ends with what there is, see {@link GenerationListener#endsEarly()}. Once it
 * does, it does so for all images.
 */
final class EarlyEnd {
  private final GenerationListener listener;
  private boolean now;

  EarlyEnd(GenerationListener listener) {
    this.listener = listener;
  }

  /** Asks the listener, on the thread that generates. */
  boolean asked() {
    now = now || listener.endsEarly();
    return now;
  }

  /** Whether the listener wanted it when it was asked last. */
  boolean isNow() {
    return now;
  }

  /** Makes a sampler leave its steps. */
  static final class Reached extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Never written.
    private final float[] latent;

    Reached(float[] latent) {
      super("the generation ends early", null, false, false);
      this.latent = latent;
    }

    /** The denoised latent of the latest step. */
    float[] latent() {
      return latent;
    }
  }
}
