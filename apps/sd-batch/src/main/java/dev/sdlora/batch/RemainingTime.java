package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** How long the rest of a batch takes, if a step takes as long for each pixel as those before. */
final class RemainingTime {
  private static final int USUAL_STEPS = 20;
  private static final int USUAL_SIDE = 512;

  private final LongSupplier nanoClock;
  private final Map<String, Double> costs = new HashMap<>();
  private double left;
  private double done;
  private long nanos;
  private long begun;

  /** For what is to be drawn. */
  RemainingTime(List<BatchRequest> work, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    for (BatchRequest request : work) {
      double cost = cost(Json.read(request.settings()));
      costs.put(request.id(), cost);
      left += cost;
    }
  }

  private static double cost(ObjectNode settings) {
    return Math.max(1, settings.path("steps").asDouble(USUAL_STEPS))
        * Math.max(1, settings.path("width").asDouble(USUAL_SIDE))
        * Math.max(1, settings.path("height").asDouble(USUAL_SIDE));
  }

  /** A request begins. */
  void begin() {
    begun = nanoClock.getAsLong();
  }

  /** A request has been drawn. */
  void drawn(BatchRequest request) {
    nanos += nanoClock.getAsLong() - begun;
    done += leave(request);
  }

  /** A request is done without this run having drawn it. */
  void passed(BatchRequest request) {
    leave(request);
  }

  private double leave(BatchRequest request) {
    double cost = costs.getOrDefault(request.id(), 0.0);
    left -= cost;
    return cost;
  }

  /**
   * How long the rest takes.
   *
   * @param request the one that is being drawn
   * @param share how much of it is done, from 0 to 1
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
