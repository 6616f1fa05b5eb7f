package dev.sdlora.tensors.file;

import java.util.HashMap;
import java.util.Map;

/**
 * Files that are open for the duration of one operation, each once. Not safe for several threads.
 */
public final class OpenFiles implements AutoCloseable {
  private final Map<TensorFile, TensorFile.Reader> open = new HashMap<>();

  /**
   * The reader of a file, opened when first asked for.
   *
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be read or has changed
   */
  public TensorFile.Reader of(TensorFile file) {
    return open.computeIfAbsent(file, TensorFile::reader);
  }

  /** Closes all readers. */
  @Override
  public void close() {
    open.values().forEach(TensorFile.Reader::close);
  }
}
