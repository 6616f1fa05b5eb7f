package dev.sdlora.server.loras;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraQuery;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A library that caches its lists for a moment. A client that scrolls through thousands of files or
 * types a name sends several requests a second, and each scan takes most of a tenth of a second.
 * Safe for use by several threads; one at a time scans.
 */
public final class RecentLoras implements LoraLibrary {
  private static final long MOMENT_NANOS = 1_000_000_000;

  /** Limit of cached searches and names. */
  private static final int MOST = 16;

  private final LoraLibrary loras;
  private final LongSupplier nanos;

  private final Map<LoraQuery, Search> searches = new Last<>();
  private final Map<String, Failure> failures = new Last<>();

  private record Search(List<LoraAdapter> found, long nanos) {}

  private record Failure(LoraException error, long nanos) {}

  /** The most recently used entries. */
  private static final class Last<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    Last() {
      super(MOST, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MOST;
    }
  }

  /**
   * Creates a cache for a library.
   *
   * @param loras the library
   * @param nanos the clock
   */
  public RecentLoras(LoraLibrary loras, LongSupplier nanos) {
    this.loras = loras;
    this.nanos = nanos;
  }

  @Override
  public List<Path> folders() {
    return loras.folders();
  }

  @Override
  public List<LoraAdapter> list() {
    return search(LoraQuery.ALL);
  }

  @Override
  public synchronized List<LoraAdapter> search(LoraQuery query) {
    Search known = searches.get(query);
    return known != null && nanos.getAsLong() - known.nanos() < MOMENT_NANOS
        ? known.found()
        : searchAnew(query);
  }

  /** Searches without the cache. */
  synchronized List<LoraAdapter> searchAnew(LoraQuery query) {
    List<LoraAdapter> found = loras.search(query);
    searches.put(query, new Search(found, nanos.getAsLong()));
    return found;
  }

  @Override
  public Map<Path, String> unreadable() {
    return loras.unreadable();
  }

  /**
   * Also caches failures: while a user types, each key repeats the same unknown name, and finding
   * similar names is slow.
   */
  @Override
  public LoraAdapter find(String name) {
    Failure known = failure(name);
    if (known != null && nanos.getAsLong() - known.nanos() < MOMENT_NANOS) {
      throw known.error();
    }
    try {
      return loras.find(name);
    } catch (LoraException e) {
      keep(name, e);
      throw e;
    }
  }

  private synchronized @Nullable Failure failure(String name) {
    return failures.get(name);
  }

  private synchronized void keep(String name, LoraException error) {
    failures.put(name, new Failure(error, nanos.getAsLong()));
  }

  @Override
  public Optional<LoraAdapter> findByHash(String hash) {
    return loras.findByHash(hash);
  }
}
