package dev.sdlora.server.studio;

import dev.sdlora.request.context.RequestContext;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Parameters;
import dev.sdlora.server.http.Route;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The page at {@code /}, a client of {@code /api/jobs}. */
public final class Studio {
  private final RequestContext requestContext;
  private final boolean masks;
  private final BooleanSupplier savesStyles;

  /**
   * Creates the page for a context.
   *
   * @param masks whether a click on an image can make a mask
   * @param savesStyles whether the client of the current request can save styles
   */
  public Studio(RequestContext requestContext, boolean masks, BooleanSupplier savesStyles) {
    this.requestContext = requestContext;
    this.masks = masks;
    this.savesStyles = savesStyles;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    ModelDescription model = new ModelDescription(masks, savesStyles);
    Route description =
        Route.get(
            "/api/model",
            context -> {
              Optional<String> name = Parameters.text(context, "checkpoint");
              Answers.json(
                  context, model.json(name.map(requestContext::of).orElse(requestContext)));
            });
    return Stream.concat(new PageFiles().routes().stream(), Stream.of(description)).toList();
  }
}
