package dev.sdlora.tensors.folder;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Values read from files, kept as long as their stamps stay the same. When there is too much, or
 * memory gets short, what was not asked for the longest is forgotten. Safe for use by several
 * threads.
 */
public final class FileCache<T> {
  private final Map<Path, Kept<T>> kept;

  /** An empty cache of at most so many files. */
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

  /** What is known of a file with this stamp. */
  public synchronized Optional<T> find(Path path, Stamp stamp) {
    return Optional.ofNullable(kept.get(path))
        .filter(known -> known.stamp.equals(stamp))
        .map(known -> known.value.get());
  }

  /**
   * Keeps a value, unless another thread was faster: all then get the same object.
   *
   * @return the value that is kept
   */
  public synchronized T keep(Path path, Stamp stamp, T value) {
    Optional<T> known = find(path, stamp);
    if (known.isPresent()) {
      return known.get();
    }
    kept.put(path, new Kept<>(stamp, new SoftReference<>(value)));
    return value;
  }

  private record Kept<T>(Stamp stamp, SoftReference<T> value) {}
}
