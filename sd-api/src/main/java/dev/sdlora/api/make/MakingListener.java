package dev.sdlora.api.make;

/**
 * Receives the progress while a file is made. Called on the working thread, which waits for it, so
 * it must be fast. If a listener throws, the work ends with that exception; no file is left behind.
 */
@FunctionalInterface
public interface MakingListener {
  /** A listener that does nothing. */
  MakingListener NONE = (done, total, layer) -> {};

  /**
   * A layer is done.
   *
   * @param done the number of layers done, from 1
   * @param total the number of all layers
   * @param layer the name of this layer
   */
  void done(int done, int total, String layer);
}
