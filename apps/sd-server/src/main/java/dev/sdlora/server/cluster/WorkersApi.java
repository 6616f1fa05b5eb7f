package dev.sdlora.server.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.job.shared.SharedJobs;
import dev.sdlora.server.job.store.Workers.Worker;
import java.util.List;
import java.util.Optional;

/** {@code GET /api/workers}: the servers that draw the jobs of this server's database. */
public final class WorkersApi {
  private final Optional<SharedJobs> shared;

  /**
   * Creates the API.
   *
   * @param shared the jobs of the database; empty if there is none
   */
  public WorkersApi(Optional<SharedJobs> shared) {
    this.shared = shared;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/workers",
            context -> {
              ObjectNode answer = Fields.object();
              ArrayNode workers = answer.putArray("workers");
              shared.ifPresent(jobs -> jobs.workers().forEach(each -> workers.add(json(each))));
              Answers.json(context, answer);
            }));
  }

  private static ObjectNode json(Worker worker) {
    return Fields.object()
        .put("name", worker.name())
        .put("alive", worker.alive())
        .put("ready", worker.isReady())
        .put("reason", worker.reason())
        .put("seconds_ago", worker.secondsAgo())
        .put("checkpoint", worker.checkpoint())
        .put("loras", worker.loras())
        .put("concurrency", worker.concurrency())
        .put("running", worker.running())
        .put("version", worker.version());
  }
}
