package dev.sdlora.server.key;

import java.util.Optional;

/**
 * The client that sent the request which a thread handles.
 *
 * @param key its API key; empty without one
 * @param priority the priority of its jobs
 * @param fingerprint identifies the content of a request that may be repeated
 */
public record Asker(Optional<Key> key, int priority, Optional<String> fingerprint) {
  /** A client without a key, and the server itself. */
  public static final Asker ANYONE = new Asker(Optional.empty(), 0, Optional.empty());

  private static final ThreadLocal<Asker> CURRENT = ThreadLocal.withInitial(() -> ANYONE);

  /** Returns the client with an API key. */
  public static Asker of(Key key) {
    return new Asker(Optional.of(key), key.priority(), Optional.empty());
  }

  /** Returns the client whose request this thread handles. */
  public static Asker current() {
    return CURRENT.get();
  }

  /** The handling of a request. */
  public interface Handling<E extends Exception> {
    /** Handles it. */
    void run() throws E;
  }

  /** Handles a request of this client on this thread. */
  public <E extends Exception> void handle(Handling<E> handling) throws E {
    Asker before = CURRENT.get();
    CURRENT.set(this);
    try {
      handling.run();
    } finally {
      CURRENT.set(before);
    }
  }

  /**
   * Returns this client with another priority.
   *
   * @param other at most its own
   * @throws IllegalArgumentException if it is out of range
   */
  public Asker withPriority(long other) {
    if (other < Key.LEAST_PRIORITY || other > priority) {
      throw new IllegalArgumentException(
          "field 'priority' must be from %s to %s, %s: %s"
              .formatted(
                  Key.LEAST_PRIORITY,
                  priority,
                  key.map(own -> "the priority of API key '" + own.name() + "'")
                      .orElse("the priority without an API key of --api-keys"),
                  other));
    }
    return new Asker(key, (int) other, fingerprint);
  }

  /** Returns this client with a request that it may repeat. */
  public Asker repeating(String content) {
    return new Asker(key, priority, Optional.of(content));
  }

  /** Whether this client may see and change the jobs of an owner. */
  public boolean sees(Optional<String> owner) {
    return key.filter(Key::hidesOthers).isEmpty() || owner.equals(key.map(Key::name));
  }
}
