package dev.sdlora.server.http;

import io.javalin.security.RouteRole;

/** What a call of a route costs; routes without one are free. */
public enum RouteCost implements RouteRole {
  /** It starts a job, and counts towards the rate limit of its client. */
  JOB
}
