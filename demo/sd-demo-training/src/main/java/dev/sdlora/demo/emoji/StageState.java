package dev.sdlora.demo.emoji;

import dev.sdlora.demo.scratch.ScratchTrainer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a stage's trainer goes on: at the state that a run saved, or else at its start.
 *
 * @param file of the state
 */
record StageState(Path file) {
  /** Brings a new trainer to where it goes on. */
  <T extends ScratchTrainer> T begin(T trainer) {
    if (Files.exists(file)) {
      trainer.resume(file);
    }
    return trainer;
  }

  /** Writes the state. */
  void save(ScratchTrainer trainer) {
    trainer.save(file);
  }
}
