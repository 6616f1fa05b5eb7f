package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.scratch.ScratchTrainer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The saved state of a stage's trainer, from which a run resumes.
 *
 * @param file the file with the state
 */
record StageState(Path file) {
  /** Restores a new trainer to the saved state, if there is one. */
  <T extends ScratchTrainer> T begin(T trainer) {
    if (Files.exists(file)) {
      trainer.resume(file);
    }
    return trainer;
  }

  void save(ScratchTrainer trainer) {
    trainer.save(file);
  }
}
