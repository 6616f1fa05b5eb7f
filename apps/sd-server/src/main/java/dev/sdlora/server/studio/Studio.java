package dev.sdlora.server.studio;

import dev.sdlora.request.RequestContext;
import dev.sdlora.server.http.Answers;
import io.javalin.config.RoutesConfig;

/** The page at {@code /}, a client of {@code /api/jobs}. */
public final class Studio {
  private final RequestContext offer;

  /** Creates the page for a context. */
  public Studio(RequestContext offer) {
    this.offer = offer;
  }

  /** Adds the routes. */
  public void addTo(RoutesConfig routes) {
    new PageFiles().addTo(routes);
    ModelDescription model = new ModelDescription(offer);
    routes.get("/api/model", context -> Answers.json(context, model.json()));
  }
}
