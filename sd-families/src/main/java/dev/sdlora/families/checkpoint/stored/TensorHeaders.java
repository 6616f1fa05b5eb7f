package dev.sdlora.families.checkpoint.stored;

import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.Stamp;
import dev.sdlora.tensors.io.Cancellation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Opens the tensor files of checkpoints. The header of a file is read once, as long as its size and
 * its modification time stay the same: opening a checkpoint and building a pipeline share it. Safe
 * for use by several threads.
 */
public final class TensorHeaders {
  private static final int MOST_FILES = 64;

  private static final FileCache<TensorFile> HEADERS = new FileCache<>(MOST_FILES);
  private static final LongAdder READ = new LongAdder();

  private TensorHeaders() {}

  /**
   * Opens a file. A language model that llama.cpp wrote has transformers' names in addition to its
   * own.
   *
   * @throws dev.sdlora.api.error.TensorFileException as {@link TensorFile#open}
   */
  public static TensorFile open(Path path) {
    Cancellation.check();
    Optional<Stamp> stamp = stamp(path);
    return stamp
        .map(now -> HEADERS.get(path, now, () -> read(path)))
        // The stamp is that of one part, and others may have changed.
        .filter(file -> file.parts().size() == 1 || file.isCurrent())
        .orElseGet(() -> read(path));
  }

  private static TensorFile read(Path path) {
    READ.increment();
    return LlamaNames.named(TensorFile.open(path));
  }

  /** A file without a stamp is missing or unreadable, which {@link TensorFile#open} reports. */
  private static Optional<Stamp> stamp(Path path) {
    try {
      return Optional.of(Stamp.of(path));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The number of headers read in this process. */
  public static long read() {
    return READ.sum();
  }
}
