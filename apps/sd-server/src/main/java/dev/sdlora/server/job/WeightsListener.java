package dev.sdlora.server.job;

/** A listener of a generation that also receives the loading of weights. */
public interface WeightsListener {
  /**
   * The weights are in memory.
   *
   * @param began the time when the wait for them began, of {@link System#nanoTime}
   */
  void weightsReady(long began);
}
