package dev.sdlora.api.make;

/**
 * Watches the making of a file. Called on the thread that makes it, which waits: be quick. A
 * listener that throws ends the work with that exception; no file is left behind.
 */
@FunctionalInterface
public interface MakingListener {
  /** Listens to nothing. */
  MakingListener NONE = (done, total, layer) -> {};

  /**
   * A layer is done.
   *
   * @param done how many are, from 1
   * @param total how many there will be
   * @param layer the name of this one
   */
  void done(int done, int total, String layer);
}
