package dev.sdlora.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.Optional;

/**
 * A route of the server: a row of the table that {@code SdServer.routes} joins.
 *
 * @param method the method
 * @param path the path, such as {@code /api/jobs/{id}}
 * @param handler answers requests
 * @param callers who may call it
 * @param cost the cost of a call; empty if it is free
 * @param model what it does with a model in memory, which a front lacks; empty if it needs none
 */
public record Route(
    HandlerType method,
    String path,
    Handler handler,
    Callers callers,
    Optional<RouteCost> cost,
    Optional<String> model) {

  /** The clients that may call a route. */
  public enum Callers {
    /** Everyone, without credentials. */
    EVERYONE,
    /** Clients with credentials, if the server requires them. */
    CLIENTS,
    /** The clients that may see what the path names, such as a job. */
    OWNERS
  }

  private static Route of(HandlerType method, String path, Handler handler) {
    boolean names = path.contains("{") || path.contains("<");
    return new Route(
        method,
        path,
        handler,
        names ? Callers.OWNERS : Callers.CLIENTS,
        Optional.empty(),
        Optional.empty());
  }

  /** Returns a free route for clients; if its path has parameters, for their owners. */
  public static Route get(String path, Handler handler) {
    return of(HandlerType.GET, path, handler);
  }

  /** Returns a free route like {@link #get}, without a body in its answer. */
  public static Route head(String path, Handler handler) {
    return of(HandlerType.HEAD, path, handler);
  }

  /** Returns a free route like {@link #get}, which changes something. */
  public static Route post(String path, Handler handler) {
    return of(HandlerType.POST, path, handler);
  }

  /** Returns a route with a cost. */
  public static Route post(String path, Handler handler, RouteCost cost) {
    Route free = post(path, handler);
    return new Route(free.method, path, handler, free.callers, Optional.of(cost), Optional.empty());
  }

  /** Returns a free route like {@link #get}, which removes something. */
  public static Route delete(String path, Handler handler) {
    return of(HandlerType.DELETE, path, handler);
  }

  /** Returns the route for all clients, because what its path names is no secret. */
  public Route forClients() {
    return new Route(method, path, handler, Callers.CLIENTS, cost, model);
  }

  /** Returns the route for everyone. */
  public Route forEveryone() {
    return new Route(method, path, handler, Callers.EVERYONE, cost, model);
  }

  /** Returns the route as one that needs a model in memory, for example for {@code upscaling}. */
  public Route withModel(String modelFor) {
    return new Route(method, path, handler, callers, cost, Optional.of(modelFor));
  }

  /** Returns the route of a front, which refuses what needs a model in memory. */
  public Route ofFront() {
    if (model.isEmpty()) {
      return this;
    }
    return of(
        method,
        path,
        context -> {
          throw new Refusal(
              501,
              "this server is a front and has no model in memory; use a server with --role all for"
                  + " %s".formatted(model.get()));
        });
  }

  /** Adds the route to a server. */
  public void addTo(RoutesConfig routes) {
    routes.addHttpHandler(method, path, handler, cost.stream().toArray(RouteCost[]::new));
  }

  /** Returns method and path, such as {@code GET /api/jobs/{id}}. */
  @Override
  public String toString() {
    return method.name() + " " + path;
  }
}
