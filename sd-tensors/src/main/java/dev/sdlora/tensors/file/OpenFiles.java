package dev.sdlora.tensors.file;

import java.util.HashMap;
import java.util.Map;

/** The files opened during one operation, each opened once. Not thread-safe. */
public final class OpenFiles implements AutoCloseable {
  private final Map<TensorFile, TensorFile.Reader> open = new HashMap<>();

  /**
   * Returns the reader of a file, opening the file at the first call.
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
