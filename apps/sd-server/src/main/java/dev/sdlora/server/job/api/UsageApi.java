package dev.sdlora.server.job.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Key;
import dev.sdlora.server.key.Quotas;
import dev.sdlora.server.key.Usage;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code /api/usage}: what the asking API key may draw, and has drawn. */
public final class UsageApi {
  private final JobQueue queue;
  private final Quotas quotas;

  /** Creates the API of a queue and its quotas. */
  public UsageApi(JobQueue queue, Quotas quotas) {
    this.queue = queue;
    this.quotas = quotas;
  }

  /** Returns the route. */
  public List<Route> routes() {
    return List.of(Route.get("/api/usage", this::usage));
  }

  private void usage(Context context) {
    Optional<Key> key = Caller.current().key();
    Optional<String> name = key.map(Key::name);
    ObjectNode json = Fields.object();
    json.put("name", name.orElse(null));
    json.put("priority", Caller.current().priority());
    json.put("jobs", queue.unfinishedOf(name).size());
    key.ifPresent(own -> put(own, json));
    Answers.json(context, json);
  }

  private void put(Key key, ObjectNode json) {
    Usage.Day today = quotas.today(key.name());
    putLimit(json, "max_jobs", key.maxJobs());
    putLimit(json, "jobs_per_minute", key.jobsPerMinute());
    json.put("seconds_to_a_job", quotas.secondsToAJob(key));
    json.put("jobs_today", today.jobs());
    json.put("images_today", today.images());
    putLimit(json, "images_per_day", key.imagesPerDay());
    json.put("day_ends", Instant.ofEpochMilli(quotas.tomorrow()).toString());
    json.put("private", key.hidesOthers());
  }

  private static void putLimit(ObjectNode json, String name, int limit) {
    json.put(name, limit == 0 ? null : Integer.valueOf(limit));
  }
}
