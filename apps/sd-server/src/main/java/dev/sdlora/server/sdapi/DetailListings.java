package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Route;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/** {@code /adetailer}: lists detectors and the fields of detail passes, as ADetailer does. */
final class DetailListings {
  /** The version of ADetailer whose fields are accepted. */
  private static final String VERSION = "25.3.0";

  private final RequestContext requestContext;

  DetailListings(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/adetailer/v1/version",
            context -> Answers.json(context, Fields.object().put("version", VERSION))),
        Route.get(
            "/adetailer/v1/schema",
            context -> context.contentType("application/json").result(schema())),
        Route.get(
            "/adetailer/v1/ad_model",
            context -> {
              ObjectNode answer = Fields.object();
              requestContext.pipeline().detectors().forEach(answer.putArray("ad_model")::add);
              Answers.json(context, answer);
            }));
  }

  private static InputStream schema() {
    return Objects.requireNonNull(
        DetailListings.class.getResourceAsStream("adetailer.json"), "adetailer.json");
  }
}
