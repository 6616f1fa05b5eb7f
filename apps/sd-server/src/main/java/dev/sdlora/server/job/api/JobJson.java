package dev.sdlora.server.job.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import java.util.List;

/** Converts jobs to the JSON of the server's own API. */
public final class JobJson {
  private final JobQueue queue;
  private final ErrorMessages messages;
  private final SignedPaths signed;

  /**
   * Creates a converter for a queue.
   *
   * @param signed signs the addresses of images
   */
  public JobJson(JobQueue queue, ErrorMessages messages, SignedPaths signed) {
    this.queue = queue;
    this.messages = messages;
    this.signed = signed;
  }

  /** Returns all known jobs, newest first. */
  public ArrayNode all() {
    ArrayNode all = Fields.array();
    List<Job> jobs = queue.jobs();
    for (int i = jobs.size() - 1; i >= 0; i--) {
      all.add(of(jobs.get(i)));
    }
    return all;
  }

  /** Returns one job. */
  public ObjectNode of(Job job) {
    Job.Snapshot now = job.snapshot();
    ObjectNode json = Fields.object();
    json.put("id", job.id());
    json.put("kind", job.kind());
    json.put("title", job.title());
    json.put("state", now.state().label());
    json.put("place", queue.place(job));
    json.put("owner", job.sender().owner().orElse(null));
    json.put("priority", job.sender().priority());
    json.put("created", job.created().toString());
    json.put("seconds", job.seconds());
    json.put("progress", now.fraction());
    json.put("seconds_left", now.secondsLeft());
    json.put("image", Math.max(0, now.begun() - 1));
    json.put("image_count", job.parts());
    json.put("step", now.step());
    json.put("steps", now.steps());
    json.set("settings", job.settings());
    ArrayNode images = json.putArray("images");
    List<JobImage> finished = job.images();
    for (int i = 0; i < finished.size(); i++) {
      images.add(image(job, i, finished.get(i)));
    }
    json.putArray("loras").addAll(job.loras());
    ArrayNode warnings = json.putArray("warnings");
    job.warnings().forEach(warning -> warnings.add(messages.shown(warning)));
    job.work().details().ifPresent(details -> json.set("details", details));
    if (now.state() == JobState.FAILED) {
      json.put("error", messages.of(job.failure().orElseThrow()).sentence());
    }
    return json;
  }

  ObjectNode image(Job job, int number, JobImage image) {
    String path = "/api/jobs/%s/images/%s".formatted(job.id(), number);
    return Fields.object()
        .put("number", number)
        .put("url", path + "?" + signed.sign(path))
        .put("width", image.width())
        .put("height", image.height())
        .put("seed", image.seed())
        .put("parameters", image.infotext());
  }
}
