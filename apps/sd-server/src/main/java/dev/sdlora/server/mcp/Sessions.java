package dev.sdlora.server.mcp;

import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The sessions of clients over HTTP. Few clients end theirs, so the least recently used one of the
 * same client makes room for another. Safe for use by several threads.
 */
final class Sessions implements McpStreamableServerTransportProvider {
  private final int most;
  private final int mostOfClient;

  /** Guarded by itself; in order of the last use, oldest first. */
  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private volatile McpStreamableServerSession.@Nullable Factory factory;

  /**
   * Creates an empty list.
   *
   * @param most the limit of sessions; above it, the client with the most loses one
   * @param mostOfClient the limit of sessions of a client
   */
  Sessions(int most, int mostOfClient) {
    this.most = most;
    this.mostOfClient = mostOfClient;
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
      Map<String, Long> counts =
          sessions.values().stream()
              .collect(Collectors.groupingBy(Session::client, Collectors.counting()));
      if (counts.getOrDefault(client, 0L) >= mostOfClient) {
        dropOldest(client);
      } else if (sessions.size() >= most) {
        dropOldest(Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey());
      }
      sessions.put(
          begun.session().getId(), new Session(client, begun.session(), new RunningCalls()));
    }
    return begun;
  }

  /** Drops the client's session that was used least recently, of those without running calls. */
  private void dropOldest(String client) {
    Iterator<Session> oldest = sessions.values().iterator();
    while (oldest.hasNext()) {
      Session one = oldest.next();
      if (one.client().equals(client) && one.calls().isEmpty()) {
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
