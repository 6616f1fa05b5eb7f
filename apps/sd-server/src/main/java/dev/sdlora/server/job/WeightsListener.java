package dev.sdlora.server.job;

/** A listener of a generation that is told if the weights had to be loaded. */
public interface WeightsListener {
  /**
   * The weights are in memory.
   *
   * @param began the time when the wait for them began, of {@link System#nanoTime}
   */
  void weightsReady(long began);
}
