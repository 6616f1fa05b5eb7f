package dev.sdlora.demo.scratch;

import java.nio.file.Path;

/** A network on its way from random numbers, whose training can be broken off and go on. */
public interface ScratchTrainer extends AutoCloseable {
  /** Steps done so far. */
  int step();

  /** Writes all that a resumed run needs. */
  void save(Path path);

  /** Goes on from what was saved. */
  void resume(Path path);

  @Override
  void close();
}
