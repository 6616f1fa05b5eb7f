package dev.sdlora.server.grids;

import dev.sdlora.request.RequestContext;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/** {@code /api/grids}: the available axes, cost estimates, and grids as jobs. */
public final class GridsApi {
  private final RequestContext offer;
  private final JobQueue queue;
  private final GridCells cells;

  /** Creates the API of a queue. */
  public GridsApi(RequestContext offer, JobQueue queue) {
    this.offer = offer;
    this.queue = queue;
    this.cells = new GridCells(queue);
  }

  /** Adds the routes. */
  public void addTo(RoutesConfig routes) {
    routes.get("/api/grids/axes", context -> Answers.json(context, AxisKind.json()));
    routes.post("/api/grids/plan", context -> Answers.json(context, plan(context).json()));
    routes.post("/api/grids", this::submit, RouteCost.JOB);
    routes.get("/api/grids/{id}/cells/{number}", this::cell);
  }

  private GridPlan plan(Context context) {
    return GridPlan.read(Bodies.fields(context), offer);
  }

  private void submit(Context context) {
    GridPlan plan = plan(context);
    GridWork work = new GridWork(offer.pipeline(), plan);
    Job job = queue.submit(new Job.Request("grid", work, plan.settings()), Optional.empty());
    context.status(202).header("Location", "/api/jobs/" + job.id());
    Answers.json(context, plan.json().put("id", job.id()).put("url", "/api/jobs/" + job.id()));
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
