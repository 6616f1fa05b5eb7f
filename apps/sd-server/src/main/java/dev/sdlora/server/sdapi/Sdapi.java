package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.shared.DrawingJobs;
import io.javalin.http.Context;
import java.util.List;
import java.util.stream.Stream;

/** A1111's API. */
public final class Sdapi {
  private final RequestContext requestContext;
  private final JobQueue queue;
  private final DrawingJobs drawings;
  private final ErrorMessages messages;

  /**
   * Creates the API of a queue.
   *
   * @param drawings makes jobs of requests
   */
  public Sdapi(
      RequestContext requestContext, JobQueue queue, DrawingJobs drawings, ErrorMessages messages) {
    this.requestContext = requestContext;
    this.queue = queue;
    this.drawings = drawings;
    this.messages = messages;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    SdapiState state = new SdapiState(requestContext);
    return Stream.of(
            new DrawingEndpoints(drawings, state, messages).routes(),
            new ProgressEndpoints(queue, drawings).routes(),
            new Listings(requestContext).routes(),
            new ExtraEndpoints(requestContext).routes(),
            new ControlNetListings(requestContext).routes(),
            new DetailListings(requestContext).routes(),
            List.of(
                Route.get(
                    "/openapi.json", context -> Answers.json(context, ApiDescription.document())),
                Route.get("/sdapi/v1/options", context -> Answers.json(context, state.toJson())),
                Route.post("/sdapi/v1/options", context -> set(state, context))))
        .flatMap(List::stream)
        .toList();
  }

  private static void set(SdapiState state, Context context) {
    Fields options = Bodies.fields(context);
    state.set(options);
    Answers.warn(context, options.warnings());
    Answers.json(context, NullNode.getInstance());
  }
}
