package dev.sdlora.server.models;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import org.jspecify.annotations.Nullable;

/** The place of a checkpoint in a pool. All fields but the first are guarded by the pool. */
final class Slot {
  final Checkpoint checkpoint;

  /** Null while the weights are not in memory. */
  @Nullable Pipeline pipeline;

  /** Whether a thread is loading or unloading the weights. */
  boolean changing;

  int users;
  long lastUse;

  Slot(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  boolean isIdle() {
    return pipeline != null && users == 0 && !changing;
  }
}
