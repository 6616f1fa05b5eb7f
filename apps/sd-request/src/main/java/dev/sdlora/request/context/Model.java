package dev.sdlora.request.context;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;

/** A checkpoint that requests can choose. Safe for use by several threads. */
public interface Model {
  /** Returns the name, which no other checkpoint of the same {@link Models} has. */
  String name();

  /** Returns the checkpoint; its weights need not be in memory. */
  default Checkpoint checkpoint() {
    return pipeline().checkpoint();
  }

  /**
   * Returns the pipeline. Drawing with it loads the weights if necessary; its other methods never
   * do, and {@link Pipeline#check} checks nothing without them.
   */
  Pipeline pipeline();

  /** Whether the weights are in memory. */
  boolean isLoaded();
}
