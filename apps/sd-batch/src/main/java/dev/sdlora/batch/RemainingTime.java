package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Estimates the remaining time of a batch from the time per step and pixel so far. */
final class RemainingTime {
  private static final int USUAL_STEPS = 20;
  private static final int USUAL_SIDE = 512;

  private final LongSupplier nanoClock;
  private final Map<String, Double> costs = new HashMap<>();
  private double left;
  private double done;
  private long nanos;
  private long begun;

  /** Creates an estimate for the requests to draw. */
  RemainingTime(List<BatchRequest> work, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    for (BatchRequest request : work) {
      double cost = cost(CanonicalJson.read(request.settings()));
      costs.put(request.id(), cost);
      left += cost;
    }
  }

  private static double cost(ObjectNode settings) {
    return Math.max(1, settings.path("steps").asDouble(USUAL_STEPS))
        * Math.max(1, settings.path("width").asDouble(USUAL_SIDE))
        * Math.max(1, settings.path("height").asDouble(USUAL_SIDE));
  }

  /** Called when a request begins. */
  void begin() {
    begun = nanoClock.getAsLong();
  }

  /** Called when a request has been drawn. */
  void drawn(BatchRequest request) {
    nanos += nanoClock.getAsLong() - begun;
    done += leave(request);
  }

  /** Called when a request is done without being drawn by this run. */
  void passed(BatchRequest request) {
    leave(request);
  }

  private double leave(BatchRequest request) {
    double cost = costs.getOrDefault(request.id(), 0.0);
    left -= cost;
    return cost;
  }

  /**
   * Returns the remaining time.
   *
   * @param request the current request
   * @param share the finished share of it, from 0 to 1
   */
  Optional<Duration> left(BatchRequest request, double share) {
    double part = costs.getOrDefault(request.id(), 0.0) * share;
    if (done + part <= 0) {
      return Optional.empty();
    }
    double spent = nanos + (share > 0 ? nanoClock.getAsLong() - begun : 0);
    return Optional.of(Duration.ofNanos((long) (spent / (done + part) * (left - part))));
  }
}
