package dev.sdlora.demo.emoji.stage;

import java.nio.file.Path;

/**
 * The settings that all stages share.
 *
 * @param folder the folder for states and results
 * @param cache the folder for downloaded packages
 * @param seed the seed of all random numbers
 */
record Training(Path folder, Path cache, long seed) {
  /** Threads that share each batch; with more, the shares would be too small. */
  static final int THREADS = Math.min(2, Runtime.getRuntime().availableProcessors());

  StageState state(String network) {
    return new StageState(folder.resolve(network + ".safetensors"));
  }
}
