package dev.sdlora.server.mcp;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of one session by the ids of their requests. The SDK ignores {@code
 * notifications/cancelled}, so both transports pass them here. Safe for use by several threads.
 */
final class RunningCalls {
  private static final String CANCELLED = "notifications/cancelled";

  private final Map<Object, Call> calls = new ConcurrentHashMap<>();

  /** Adds a call. */
  void begin(Object id, Call call) {
    calls.put(id, call);
  }

  /** Removes a call. */
  void end(Object id) {
    calls.remove(id);
  }

  /** Whether no call is running. */
  boolean isEmpty() {
    return calls.isEmpty();
  }

  /** Cancels the call that a notification names, if it is one of cancellation. */
  void cancel(JSONRPCNotification notification) {
    if (notification.method().equals(CANCELLED) && notification.params() instanceof Map<?, ?> it) {
      Optional.ofNullable(it.get("requestId")).map(calls::get).ifPresent(Call::cancel);
    }
  }

  /** Whether a message answers a call that is over: clients expect no answer to it. */
  boolean isUnwanted(JSONRPCMessage message) {
    return message instanceof JSONRPCResponse response
        && Optional.ofNullable(response.id()).map(calls::get).filter(Call::isOver).isPresent();
  }

  /** Cancels all calls. */
  void cancelAll() {
    List.copyOf(calls.values()).forEach(Call::cancel);
  }
}
