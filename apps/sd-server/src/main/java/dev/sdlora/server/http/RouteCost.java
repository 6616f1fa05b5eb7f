package dev.sdlora.server.http;

import io.javalin.security.RouteRole;

/** The cost of calling a route; routes without a cost are free. */
public enum RouteCost implements RouteRole {
  /** Starts a job, which counts towards the client's rate limit. */
  JOB,

  /** Does work outside of the queue, which counts towards the client's rate limit, too. */
  CALL
}
