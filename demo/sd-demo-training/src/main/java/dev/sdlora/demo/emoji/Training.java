package dev.sdlora.demo.emoji;

import java.nio.file.Path;

/**
 * What all stages are told.
 *
 * @param folder of states and results
 * @param cache folder of fetched packages
 * @param seed what all random numbers are drawn from
 */
record Training(Path folder, Path cache, long seed) {
  /** Threads that share each batch: of more, each would have too little. */
  static final int THREADS = Math.min(2, Runtime.getRuntime().availableProcessors());

  /** The state of a network. */
  StageState state(String network) {
    return new StageState(folder.resolve(network + ".safetensors"));
  }
}
