package dev.sdlora.server.http;

import io.javalin.security.RouteRole;

/** The cost of a call of a route; routes without one are free. */
public enum RouteCost implements RouteRole {
  /** It starts a job, and counts towards the rate limit of its client. */
  JOB
}
