package dev.sdlora.tensors.folder;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Caches values read from files as long as the files' stamps do not change. Evicts the least
 * recently used values if there are too many, or if memory is short. Thread-safe.
 */
public final class FileCache<T> {
  private final Map<Path, Kept<T>> kept;

  /**
   * Creates an empty cache.
   *
   * @param most the maximum number of files
   */
  public FileCache(int most) {
    this.kept =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Path, Kept<T>> eldest) {
            return size() > most;
          }
        };
  }

  /** Returns the cached value of a file with this stamp. */
  public synchronized Optional<T> find(Path path, Stamp stamp) {
    return Optional.ofNullable(kept.get(path))
        .filter(known -> known.stamp.equals(stamp))
        .map(known -> known.value.get());
  }

  /**
   * Caches a value unless another thread was faster, so that all threads get the same object.
   *
   * @return the cached value
   */
  public synchronized T keep(Path path, Stamp stamp, T value) {
    Optional<T> known = find(path, stamp);
    if (known.isPresent()) {
      return known.get();
    }
    kept.put(path, new Kept<>(stamp, new SoftReference<>(value)));
    return value;
  }

  /**
   * Returns the cached value of a file with this stamp, or reads and caches it. Several threads may
   * read the same file at the same time; all get the same object.
   *
   * @param reading reads the value
   */
  public T get(Path path, Stamp stamp, Supplier<T> reading) {
    return find(path, stamp).orElseGet(() -> keep(path, stamp, reading.get()));
  }

  private record Kept<T>(Stamp stamp, SoftReference<T> value) {}
}
