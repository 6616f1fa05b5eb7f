package dev.sdlora.server.key;

import java.util.Optional;

/**
 * The client that sent the request which a thread handles.
 *
 * @param key its API key; empty without one
 * @param priority the priority of its jobs
 * @param fingerprint identifies the content of a request that may be repeated
 */
public record Caller(Optional<Key> key, int priority, Optional<String> fingerprint) {
  /** A client without a key, and the server itself. */
  public static final Caller ANYONE = new Caller(Optional.empty(), 0, Optional.empty());

  private static final ThreadLocal<Caller> CURRENT = ThreadLocal.withInitial(() -> ANYONE);

  /** Returns the client with an API key. */
  public static Caller of(Key key) {
    return new Caller(Optional.of(key), key.priority(), Optional.empty());
  }

  /** Returns the client whose request this thread handles. */
  public static Caller current() {
    return CURRENT.get();
  }

  /** The handling of a request. */
  public interface Handling<E extends Exception> {
    /** Handles it. */
    void run() throws E;
  }

  /** Handles a request of this client on this thread. */
  public <E extends Exception> void handle(Handling<E> handling) throws E {
    Caller before = CURRENT.get();
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
  public Caller withPriority(long other) {
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
    return new Caller(key, (int) other, fingerprint);
  }

  /** Returns this client with a request that it may repeat. */
  public Caller repeating(String content) {
    return new Caller(key, priority, Optional.of(content));
  }

  /** Whether this client may see and change the jobs of an owner. */
  public boolean sees(Optional<String> owner) {
    return key.filter(Key::hidesOthers).isEmpty() || owner.equals(key.map(Key::name));
  }
}
