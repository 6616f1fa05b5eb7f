package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.store.DrawingJobs;
import io.javalin.config.RoutesConfig;
import java.io.InputStream;
import java.util.Objects;

/** A1111's API. */
public final class Sdapi {
  private final RequestContext offer;
  private final JobQueue queue;
  private final DrawingJobs drawings;
  private final ErrorMessages sentences;

  /**
   * Creates the API of a queue.
   *
   * @param drawings makes jobs of requests
   */
  public Sdapi(
      RequestContext offer, JobQueue queue, DrawingJobs drawings, ErrorMessages sentences) {
    this.offer = offer;
    this.queue = queue;
    this.drawings = drawings;
    this.sentences = sentences;
  }

  /** Adds the routes. */
  public void addTo(RoutesConfig routes) {
    SdapiState state = new SdapiState(offer);
    new DrawingEndpoints(drawings, state, sentences).addTo(routes);
    new ProgressEndpoints(queue, drawings).addTo(routes);
    new Listings(offer).addTo(routes);
    new ExtraEndpoints(offer).addTo(routes);
    new ControlNetListings(offer).addTo(routes);
    new DetailListings(offer).addTo(routes);
    routes.get(
        "/openapi.json", context -> context.contentType("application/json").result(description()));
    routes.get("/sdapi/v1/options", context -> Answers.json(context, state.toJson()));
    routes.post(
        "/sdapi/v1/options",
        context -> {
          Fields options = Bodies.fields(context);
          state.set(options);
          Answers.warn(context, options.warnings());
          Answers.json(context, NullNode.getInstance());
        });
  }

  /** Returns the OpenAPI document of A1111's and OpenAI's APIs. */
  private static InputStream description() {
    return Objects.requireNonNull(Sdapi.class.getResourceAsStream("openapi.json"), "openapi.json");
  }
}
