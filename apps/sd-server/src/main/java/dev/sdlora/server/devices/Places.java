package dev.sdlora.server.devices;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Gives requests a device, in the order of their arrival: the one with the fewest requests, then
 * one that last had the same LoRAs, which are then in its weights already, then the one that has
 * been idle for longest.
 *
 * <p>A device that fails three times in a row, for example because another program uses its memory,
 * gets no request until the others have had sixteen; then it gets one to try. If all devices fail,
 * all continue.
 */
final class Places {
  private static final int MOST_WAITING = 1000;

  private record Waiting(String loras, CompletableFuture<Place> place) {}

  private final List<Place> places;

  // The fields below are guarded by this.
  private final Deque<Waiting> line = new ArrayDeque<>();
  private long requests;
  private boolean dispatching;
  private boolean again;
  private boolean closed;

  Places(List<Pipeline> pipelines) {
    places = pipelines.stream().map(Place::new).toList();
  }

  /**
   * Returns a future of a device for one request, which {@link #leave} gives back. Cancelling the
   * future gives up the place in the line.
   *
   * @param loras the LoRAs of the request, for comparison with those of others
   */
  CompletableFuture<Place> enter(String loras) {
    CompletableFuture<Place> place = new CompletableFuture<>();
    synchronized (this) {
      if (closed) {
        throw isClosed();
      }
      line.removeIf(waiting -> waiting.place().isDone());
      if (line.size() >= MOST_WAITING) {
        throw new ResourceException(
            Resource.QUEUE,
            "the queue is full: %s requests are waiting".formatted(MOST_WAITING),
            MOST_WAITING + 1L,
            MOST_WAITING);
      }
      line.add(new Waiting(loras, place));
    }
    dispatch();
    return place;
  }

  /** The outcome of a request as far as it says something about the device. */
  enum Outcome {
    GOOD,
    DEVICE_FAILED,
    OTHER
  }

  /** Gives a device back. */
  void leave(Place place, Outcome outcome) {
    synchronized (this) {
      place.running--;
      if (outcome == Outcome.GOOD) {
        place.failures = 0;
      } else if (outcome == Outcome.DEVICE_FAILED) {
        place.failures++;
        place.rested = 0;
      }
    }
    dispatch();
  }

  /** Rejects those who wait, and everyone from now on. */
  void close() {
    List<Waiting> rejected;
    synchronized (this) {
      closed = true;
      rejected = new ArrayList<>(line);
      line.clear();
    }
    rejected.forEach(waiting -> waiting.place().completeExceptionally(isClosed()));
  }

  private static IllegalStateException isClosed() {
    return new IllegalStateException("the pipeline is closed");
  }

  /**
   * Gives free devices to those who wait. Futures are completed outside the lock, and by one thread
   * at a time, so that requests that end at once do not pile up on its stack.
   */
  private void dispatch() {
    synchronized (this) {
      again = true;
      if (dispatching) {
        return;
      }
      dispatching = true;
    }
    try {
      handOut();
    } catch (Throwable e) {
      synchronized (this) {
        dispatching = false;
      }
      throw e;
    }
  }

  private void handOut() {
    while (true) {
      Waiting next;
      Place place;
      synchronized (this) {
        line.removeIf(waiting -> waiting.place().isDone());
        Optional<Place> free = line.isEmpty() ? Optional.empty() : choose(line.getFirst().loras());
        if (free.isEmpty()) {
          if (!again) {
            dispatching = false;
            return;
          }
          again = false;
          continue;
        }
        next = line.removeFirst();
        place = free.get();
        begin(place, next.loras());
      }
      if (!next.place().complete(place)) {
        synchronized (this) {
          place.running--;
        }
      }
    }
  }

  private Optional<Place> choose(String loras) {
    boolean allRest = places.stream().allMatch(Place::rests);
    return places.stream()
        .filter(place -> place.isFree() && (allRest || !place.rests()))
        .min(
            Comparator.<Place>comparingInt(place -> place.running)
                .thenComparingInt(place -> place.failures)
                .thenComparing(place -> !place.loras.equals(loras))
                .thenComparingLong(place -> place.begun));
  }

  private void begin(Place place, String loras) {
    places.stream().filter(other -> other != place).forEach(other -> other.rested++);
    place.running++;
    place.loras = loras;
    place.begun = ++requests;
  }
}
