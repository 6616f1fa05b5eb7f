package dev.sdlora.server.results;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;

/**
 * A place for files of results, such as a folder or a bucket. Keys are relative paths of letters,
 * digits and {@code -./}. Safe for use by several threads.
 */
public interface ResultPlace extends AutoCloseable {
  /**
   * Writes a file; one with the same key is replaced. Readers see the whole file or none.
   *
   * @throws IOException if it cannot be written; the message is for people
   */
  void write(String key, byte[] file) throws IOException;

  /**
   * Reads a file.
   *
   * @throws NoSuchFileException if there is no file with this key
   * @throws IOException if it cannot be read; the message is for people
   */
  byte[] read(String key) throws IOException;

  /** Deletes a file; does nothing if there is none with this key. */
  void delete(String key) throws IOException;

  /** Returns the files whose keys come before another in the order of their characters. */
  List<Found> before(String key) throws IOException;

  @Override
  void close();

  /**
   * A file.
   *
   * @param key its key
   * @param written the time at which it was last written
   */
  record Found(String key, Instant written) {}

  /** Opens places of one kind. Implementations are found by {@link java.util.ServiceLoader}. */
  interface Provider {
    /** Returns the beginning of addresses of this kind, such as {@code s3://}. */
    String scheme();

    /**
     * Opens a place and checks that it can be used.
     *
     * @param address the whole address
     * @throws IllegalArgumentException if the address is malformed
     * @throws IllegalStateException if the place cannot be used; the message says why
     */
    ResultPlace open(String address);
  }
}
