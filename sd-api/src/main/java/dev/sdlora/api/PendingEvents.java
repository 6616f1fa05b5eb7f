package dev.sdlora.api;

import dev.sdlora.api.GenerationEvent.ImageDone;
import dev.sdlora.api.GenerationEvent.StepDone;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Events that wait for a subscriber, and how many it has asked for. Of steps that nobody has asked
 * for only the latest is kept. Not safe for several threads.
 */
final class PendingEvents {
  private final Deque<GenerationEvent> events = new ArrayDeque<>();
  private long demand;

  /** Asks for more; as many as there can be numbers means all. */
  void request(long more) {
    demand = demand > Long.MAX_VALUE - more ? Long.MAX_VALUE : demand + more;
  }

  /** Whether the next event that is added was asked for already. */
  boolean isNextRequested() {
    return demand > events.size();
  }

  void add(GenerationEvent event) {
    if (!isNextRequested() && event instanceof StepDone && isSurplusStep()) {
      events.removeLast();
    }
    events.addLast(event);
  }

  /** Whether the last event is a step beyond those that were asked for. */
  private boolean isSurplusStep() {
    return events.size() > demand && events.peekLast() instanceof StepDone;
  }

  /** Takes the next event, if there is one that was asked for. */
  @Nullable GenerationEvent poll() {
    if (!hasNext()) {
      return null;
    }
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    return events.removeFirst();
  }

  /** Whether there is an event that was asked for. */
  boolean hasNext() {
    return demand > 0 && !events.isEmpty();
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** A failure waits for no event but images, which are never lost. */
  void keepImages() {
    events.removeIf(event -> !(event instanceof ImageDone));
  }

  void clear() {
    events.clear();
  }
}
