package dev.sdlora.server.key;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The valid API keys: fixed ones, and those of a file. Safe for use by several threads. */
public final class Keys {
  private final Map<String, Key> fixed;
  private final Optional<KeyFile> file;

  /**
   * Creates the keys.
   *
   * @param fixed keys that come first
   * @param file more keys
   * @throws IllegalArgumentException if two fixed keys have the same name or token
   */
  public Keys(Collection<Key> fixed, Optional<KeyFile> file) {
    this.fixed = byHash(fixed);
    this.file = file;
  }

  /** Returns keys by hash; their names and tokens must be unique. */
  static Map<String, Key> byHash(Collection<Key> keys) {
    Map<String, Key> found = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (Key key : keys) {
      if (!names.add(key.name())) {
        throw new IllegalArgumentException("two API keys have the name '" + key.name() + "'");
      }
      Key same = found.put(key.sha256(), key);
      if (same != null) {
        throw new IllegalArgumentException(
            "API keys '%s' and '%s' are the same key".formatted(same.name(), key.name()));
      }
    }
    return found;
  }

  /** Whether there may be keys, so that requests need credentials. */
  public boolean exist() {
    return !fixed.isEmpty() || file.isPresent();
  }

  /** Returns the key of a token that a client has sent. */
  public Optional<Key> find(String token) {
    String hash = Key.hash(token);
    return Optional.ofNullable(fixed.get(hash))
        .or(() -> file.flatMap(keys -> Optional.ofNullable(keys.byHash().get(hash))));
  }
}
