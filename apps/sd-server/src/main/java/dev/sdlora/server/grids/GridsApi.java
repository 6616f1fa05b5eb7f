package dev.sdlora.server.grids;

import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.shared.DrawingJobs;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequestFormat;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;

/** {@code /api/grids}: the available axes, cost estimates, and grids as jobs. */
public final class GridsApi {
  private final RequestContext requestContext;

  /** The kind of these jobs. */
  public static final String KIND = "grid";

  private final DrawingJobs drawings;
  private final GridCells cells;

  /**
   * Creates the API.
   *
   * @param drawings makes jobs of requests, and finds them
   */
  public GridsApi(RequestContext requestContext, DrawingJobs drawings) {
    this.requestContext = requestContext;
    this.drawings = drawings;
    this.cells = new GridCells(drawings::find);
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/grids/axes", context -> Answers.json(context, AxisKind.json())),
        Route.post("/api/grids/plan", context -> Answers.json(context, plan(context).json())),
        Route.post("/api/grids", this::submit, RouteCost.JOB),
        Route.get("/api/grids/{id}/cells/{number}", this::cell));
  }

  private GridPlan plan(Context context) {
    return GridPlan.read(Bodies.fields(context), requestContext);
  }

  private void submit(Context context) {
    GridPlan plan = plan(context);
    Job job =
        drawings.submit(
            new Submission(
                KIND,
                plan.requestContext(),
                plan.cells(),
                new GridWork(plan.requestContext().pipeline(), plan),
                plan.settings(),
                plan::whole,
                new RequestFormat(plan.warnings(), 0),
                true),
            Optional.empty());
    context.status(202).header("Location", "/api/jobs/" + job.id());
    Answers.json(context, plan.json().put("id", job.id()).put("url", "/api/jobs/" + job.id()));
  }

  /** Makes the work of a stored grid. */
  public static Work read(Fields fields, RequestFormat format, RequestContext requestContext) {
    return new GridWork(requestContext.pipeline(), GridPlan.stored(fields, format, requestContext));
  }

  private void cell(Context context) {
    byte[] png =
        cells
            .find(context.pathParam("id") + "/" + context.pathParam("number"))
            .orElseThrow(
                () -> new Refusal(404, "there is no such image, or it is not finished yet"));
    context.contentType("image/png").result(png);
  }
}
