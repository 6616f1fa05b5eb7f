package dev.sdlora.pipeline.generation;

import dev.sdlora.api.GenerationListener;

/**
 * Tracks whether the listener ends a generation early, see {@link GenerationListener#endsEarly()}.
 * An early end applies to all images.
 */
final class EarlyEnd {
  private final GenerationListener listener;
  private boolean now;

  EarlyEnd(GenerationListener listener) {
    this.listener = listener;
  }

  /** Asks the listener, on the generating thread. */
  boolean isRequested() {
    now = now || listener.endsEarly();
    return now;
  }

  /** Returns the listener's latest answer. */
  boolean isNow() {
    return now;
  }

  /** Stops a sampler. */
  static final class Reached extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Never serialized.
    private final float[] latent;

    Reached(float[] latent) {
      super("the generation ended early", null, false, false);
      this.latent = latent;
    }

    /** Returns the latest denoised latent. */
    float[] latent() {
      return latent;
    }
  }
}
