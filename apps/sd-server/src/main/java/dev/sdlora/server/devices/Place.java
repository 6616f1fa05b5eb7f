package dev.sdlora.server.devices;

import dev.sdlora.api.Pipeline;

/** A device, and the requests that it has had. Guarded by its {@link Places}. */
final class Place {
  private static final int FAILURES_UNTIL_REST = 3;
  private static final int REQUESTS_OF_REST = 16;

  final Pipeline pipeline;
  int running;
  int failures;
  int rested;
  long begun;
  String loras = "";

  Place(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  boolean isFree() {
    return running < pipeline.concurrency();
  }

  /** Whether it has failed so often in a row that other devices take its requests for a while. */
  boolean rests() {
    return failures >= FAILURES_UNTIL_REST && rested < REQUESTS_OF_REST;
  }
}
