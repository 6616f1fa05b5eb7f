package dev.sdlora.server.cluster;

import dev.sdlora.server.http.Refusal;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Map;

/** Refuses the requests that need a model in memory, which a front does not have. */
public final class FrontLimits {
  private static final Map<String, String> NEED_A_MODEL =
      Map.of(
          "/api/upscales", "upscaling",
          "/sdapi/v1/extra-single-image", "upscaling",
          "/sdapi/v1/extra-batch-images", "upscaling",
          "/api/trainings", "training",
          "/v1/masks", "masks by click");

  private FrontLimits() {}

  /** Adds a check before the routes. */
  public static void addTo(RoutesConfig routes) {
    routes.before(FrontLimits::check);
  }

  private static void check(Context context) {
    String what = NEED_A_MODEL.get(context.path().replaceFirst("/+$", ""));
    if (what != null && context.method().equals(HandlerType.POST)) {
      throw new Refusal(
          501,
          "this server is a front and has no model in memory; use a server with --role all for %s"
              .formatted(what));
    }
  }
}
