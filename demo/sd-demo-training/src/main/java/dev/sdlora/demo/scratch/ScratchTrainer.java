package dev.sdlora.demo.scratch;

import java.nio.file.Path;

/** Trains a network from random weights; the training can be interrupted and resumed. */
public interface ScratchTrainer extends AutoCloseable {
  /** Returns the number of completed steps. */
  int step();

  /** Writes everything that a resumed run needs. */
  void save(Path path);

  /** Resumes from a saved state. */
  void resume(Path path);

  @Override
  void close();
}
