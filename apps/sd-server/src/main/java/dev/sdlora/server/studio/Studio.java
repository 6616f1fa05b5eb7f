package dev.sdlora.server.studio;

import dev.sdlora.request.RequestContext;
import dev.sdlora.server.http.Answers;
import io.javalin.config.RoutesConfig;

/** The page at {@code /}, which asks for images as any client of {@code /api/jobs} does. */
public final class Studio {
  private final RequestContext offer;

  /** The page over what there is to name. */
  public Studio(RequestContext offer) {
    this.offer = offer;
  }

  /** Serves it. */
  public void addTo(RoutesConfig routes) {
    new PageFiles().addTo(routes);
    ModelDescription model = new ModelDescription(offer);
    routes.get("/api/model", context -> Answers.json(context, model.json()));
  }
}
