package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.shared.DrawingJobs;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/**
 * Progress of the running job, and interrupting it; the oldest if several run. {@code
 * /internal/progress} reports one job by its id.
 */
final class ProgressEndpoints {
  private final JobQueue queue;
  private final DrawingJobs drawings;

  ProgressEndpoints(JobQueue queue, DrawingJobs drawings) {
    this.queue = queue;
    this.drawings = drawings;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/sdapi/v1/progress", this::progress),
        Route.post("/internal/progress", this::ofTask),
        Route.get("/internal/ping", context -> Answers.json(context, Fields.object())),
        Route.post("/sdapi/v1/interrupt", context -> end(context, true)),
        Route.post("/sdapi/v1/skip", context -> end(context, false)));
  }

  private void end(Context context, boolean whole) {
    queue.running().ifPresent(job -> endOne(job, whole));
    Answers.json(context, Fields.object());
  }

  private static void endOne(Job job, boolean whole) {
    if (whole) {
      job.interrupt();
    } else {
      job.skip();
    }
  }

  private void progress(Context context) {
    Optional<Job> running = queue.running();
    boolean without = "true".equalsIgnoreCase(context.queryParam("skip_current_image"));
    // Read before the snapshot; a later preview could belong to a step that is not reported yet.
    Optional<BufferedImage> preview = running.filter(job -> !without).flatMap(Job::preview);
    ObjectNode answer = Fields.object();
    Optional<Job.Snapshot> now = running.map(Job::snapshot);
    answer.put("progress", now.map(Job.Snapshot::fraction).orElse(0.0));
    answer.put("eta_relative", now.map(Job.Snapshot::secondsLeft).orElse(0.0));
    ObjectNode state = answer.putObject("state");
    state.put("skipped", false);
    state.put("interrupted", false);
    state.put("stopping_generation", false);
    state.put("job", running.map(Job::id).orElse(""));
    state.put("job_count", queue.unfinished().size());
    state.put("job_timestamp", running.map(DrawingEndpoints::timestamp).orElse("0"));
    state.put("job_no", now.map(at -> Math.max(0, at.begun() - 1)).orElse(0));
    state.put("sampling_step", now.map(Job.Snapshot::step).orElse(0));
    state.put("sampling_steps", now.map(Job.Snapshot::steps).orElse(0));
    answer.put(
        "current_image",
        preview.map(image -> Base64Images.base64(Base64Images.png(image))).orElse(null));
    answer.putNull("textinfo");
    Answers.json(context, answer);
  }

  private void ofTask(Context context) {
    Fields fields = Bodies.fields(context);
    Optional<Job> job = fields.name("id_task").flatMap(drawings::find);
    Optional<Job.Snapshot> now = job.map(Job::snapshot);
    boolean waiting = now.filter(at -> at.state() == JobState.WAITING).isPresent();
    boolean running = now.filter(at -> at.state() == JobState.RUNNING).isPresent();
    ObjectNode answer = Fields.object();
    answer.put("active", running);
    answer.put("queued", waiting);
    answer.put("completed", now.isPresent() && !waiting && !running);
    answer.put("progress", now.map(Job.Snapshot::fraction).orElse(null));
    answer.put("eta", now.map(Job.Snapshot::secondsLeft).orElse(null));
    long version = now.map(Job.Snapshot::version).orElse(-1L);
    boolean wanted =
        fields.flag("live_preview", true) && fields.whole("id_live_preview").orElse(-1) != version;
    answer.put(
        "live_preview",
        job.filter(one -> wanted)
            .flatMap(Job::preview)
            .map(image -> "data:image/png;base64," + Base64Images.base64(Base64Images.png(image)))
            .orElse(null));
    answer.put("id_live_preview", version);
    answer.put(
        "textinfo",
        waiting
            ? "In queue: %s/%s"
                .formatted(job.map(queue::place).orElse(0), queue.unfinished().size())
            : null);
    Answers.json(context, answer);
  }
}
