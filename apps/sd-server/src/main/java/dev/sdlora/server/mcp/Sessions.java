package dev.sdlora.server.mcp;

import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The sessions of clients over HTTP. Few clients end theirs, so the least recently used one makes
 * room for another. Safe for use by several threads.
 */
final class Sessions implements McpStreamableServerTransportProvider {
  private final int most;

  /** Guarded by itself; in order of the last use, oldest first. */
  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private volatile McpStreamableServerSession.@Nullable Factory factory;

  /**
   * Creates an empty list.
   *
   * @param most the limit of sessions
   */
  Sessions(int most) {
    this.most = most;
  }

  /**
   * A session.
   *
   * @param client the only client that may use it
   * @param protocol the SDK's session
   * @param calls its running calls
   */
  record Session(String client, McpStreamableServerSession protocol, RunningCalls calls) {}

  @Override
  public void setSessionFactory(McpStreamableServerSession.Factory factory) {
    this.factory = factory;
  }

  /** Begins a session of a client. */
  McpStreamableServerSessionInit begin(String client, InitializeRequest request) {
    McpStreamableServerSessionInit begun = Objects.requireNonNull(factory).startSession(request);
    synchronized (sessions) {
      if (sessions.size() >= most) {
        dropOldest();
      }
      sessions.put(
          begun.session().getId(), new Session(client, begun.session(), new RunningCalls()));
    }
    return begun;
  }

  /** Drops the session that was used least recently, of those without running calls. */
  private void dropOldest() {
    Iterator<Session> oldest = sessions.values().iterator();
    while (oldest.hasNext()) {
      if (oldest.next().calls().isEmpty()) {
        oldest.remove();
        return;
      }
    }
  }

  /** Returns a session of a client. */
  Optional<Session> find(String id, String client) {
    synchronized (sessions) {
      return Optional.ofNullable(sessions.get(id)).filter(one -> one.client().equals(client));
    }
  }

  /** Ends a session and its calls. */
  void end(Session session) {
    synchronized (sessions) {
      sessions.remove(session.protocol().getId());
    }
    session.calls().cancelAll();
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    return Mono.empty(); // The lists of tools do not change.
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(
        () -> {
          List<Session> all;
          synchronized (sessions) {
            all = List.copyOf(sessions.values());
          }
          all.forEach(this::end);
        });
  }
}
