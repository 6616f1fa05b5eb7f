package dev.sdlora.api;

import dev.sdlora.api.GenerationEvent.ImageDone;
import dev.sdlora.api.GenerationEvent.StepDone;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The events that wait for a subscriber, and its demand. Among steps without demand, only the
 * latest is kept. Not thread-safe.
 */
final class PendingEvents {
  private final Deque<GenerationEvent> events = new ArrayDeque<>();
  private long demand;

  /** Adds demand; {@link Long#MAX_VALUE} means unlimited. */
  void request(long more) {
    demand = demand > Long.MAX_VALUE - more ? Long.MAX_VALUE : demand + more;
  }

  /** Whether there is demand for the next event to be added. */
  boolean isNextRequested() {
    return demand > events.size();
  }

  void add(GenerationEvent event) {
    if (!isNextRequested() && event instanceof StepDone && isSurplusStep()) {
      events.removeLast();
    }
    events.addLast(event);
  }

  /** Whether the last event is a step without demand. */
  private boolean isSurplusStep() {
    return events.size() > demand && events.peekLast() instanceof StepDone;
  }

  /** Returns the next event for which there is demand, if any. */
  @Nullable GenerationEvent poll() {
    if (!hasNext()) {
      return null;
    }
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    return events.removeFirst();
  }

  /** Whether there is an event with demand for it. */
  boolean hasNext() {
    return demand > 0 && !events.isEmpty();
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** Drops all events except images: a failure overtakes the others, but images are never lost. */
  void keepImages() {
    events.removeIf(event -> !(event instanceof ImageDone));
  }

  void clear() {
    events.clear();
  }
}
