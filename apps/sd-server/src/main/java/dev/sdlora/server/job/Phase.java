package dev.sdlora.server.job;

import java.util.Locale;

/** A part of the time of a job. */
public enum Phase {
  /** Taking the job from the database and reading it. */
  CLAIM,
  /** Reading the weights of the checkpoint. */
  CHECKPOINT,
  /** Applying or removing LoRAs, and waiting for requests with other LoRAs. */
  LORAS,
  /** Encoding the prompts. */
  ENCODE,
  /** The steps of an image, or of one of its passes. */
  SAMPLE,
  /** Decoding a latent into pixels. */
  DECODE,
  /** Saving the result. */
  STORE;

  /** Returns the name in metrics and traces, such as {@code sample}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * A phase that is over.
   *
   * @param phase the phase
   * @param image the index of the image, from 0; -1 if it concerns the whole job
   * @param steps the number of steps; 0 except for {@link #SAMPLE}
   * @param began the start, of {@link System#nanoTime}
   * @param ended the end, of {@link System#nanoTime}
   */
  public record Passed(Phase phase, int image, int steps, long began, long ended) {
    /** Creates a phase of a whole job that ends now. */
    public static Passed until(Phase phase, long began) {
      return new Passed(phase, -1, 0, began, System.nanoTime());
    }
  }
}
