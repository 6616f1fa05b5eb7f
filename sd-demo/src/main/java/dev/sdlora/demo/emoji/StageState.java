package dev.sdlora.demo.emoji;

import dev.sdlora.demo.scratch.ScratchTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Where a stage's trainer goes on: at the state that a run saved in the working folder, or else at
 * weights that were kept from another machine, or else at random numbers.
 *
 * @param folder of states, which are large
 * @param kept folder of averaged weights, which are small enough for a repository
 * @param name of the network
 */
record StageState(Path folder, Path kept, String name) {
  private Path saved() {
    return folder.resolve(name + ".safetensors");
  }

  private Path keeping() {
    return kept.resolve(name + ".safetensors");
  }

  /** Brings a new trainer to where it goes on. */
  <T extends ScratchTrainer> T begin(T trainer) {
    return begin(trainer, kept -> kept);
  }

  /**
   * Brings a new trainer to where it goes on.
   *
   * @param fit makes the file of weights that were kept fit the trainer
   */
  <T extends ScratchTrainer> T begin(T trainer, UnaryOperator<Path> fit) {
    if (Files.exists(saved())) {
      trainer.resume(saved());
    } else if (Files.exists(keeping())) {
      trainer.goOnFrom(fit.apply(keeping()));
    }
    return trainer;
  }

  /** Writes the state. */
  void save(ScratchTrainer trainer) {
    trainer.save(saved());
  }

  /** Writes the averaged weights for another machine. */
  void keep(ScratchTrainer trainer) throws IOException {
    Files.createDirectories(kept);
    trainer.keep(keeping());
  }
}
