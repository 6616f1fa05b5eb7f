package dev.sdlora.server.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraReport;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.EventStream;
import dev.sdlora.server.http.Fields;
import dev.sdlora.server.http.Pictures;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Sentences;
import dev.sdlora.server.job.Drawing;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.request.AskedSettings;
import dev.sdlora.server.request.Dialect;
import dev.sdlora.server.request.DrawingReader;
import dev.sdlora.server.request.Offer;
import dev.sdlora.server.request.Overrides;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Jobs that live on when the connection that asked for them has gone: a client comes back to them
 * by their ids.
 */
public final class JobsApi {
  private static final long LOOK_MILLIS = 100;

  /** Each keeps a thread of the server. */
  private static final int MAX_WATCHERS = 64;

  private final Semaphore watchers = new Semaphore(MAX_WATCHERS);

  private final Offer offer;
  private final JobQueue queue;
  private final Sentences sentences;

  /** The interface over a queue. */
  public JobsApi(Offer offer, JobQueue queue, Sentences sentences) {
    this.offer = offer;
    this.queue = queue;
    this.sentences = sentences;
  }

  /** Serves it. */
  public void addTo(RoutesConfig routes) {
    routes.post("/api/jobs", this::submit);
    routes.get("/api/jobs", this::list);
    routes.get("/api/jobs/{id}", context -> answer(context, json(job(context))));
    routes.delete("/api/jobs/{id}", this::delete);
    routes.post("/api/jobs/{id}/skip", this::skip);
    routes.get("/api/jobs/{id}/events", this::events);
    routes.get("/api/jobs/{id}/preview", this::preview);
    routes.get("/api/jobs/{id}/images/{number}", this::image);
  }

  private static void answer(Context context, ObjectNode json) {
    context.contentType("application/json").result(Fields.text(json));
  }

  private Job job(Context context) {
    return queue
        .find(context.pathParam("id"))
        .orElseThrow(() -> new Refusal(404, "there is no job of that id, or it was long ago"));
  }

  private void submit(Context context) {
    Fields fields = Fields.read(context, offer.limits().bodyBytes());
    Overrides options = Overrides.read(fields.object("override_settings"), offer);
    PromptSpec spec = new DrawingReader(offer).read(fields, Dialect.LIBRARY, options);
    String kind = spec.imageToImage().isPresent() ? "img2img" : "txt2img";
    Job.Request request =
        new Job.Request(kind, new Drawing(offer.pipeline(), spec), AskedSettings.of(fields, spec));
    Job job = queue.submit(request, Optional.empty());
    context.status(202).header("Location", "/api/jobs/" + job.id());
    answer(context, json(job));
  }

  /** Those that are known, the newest first. */
  private void list(Context context) {
    ObjectNode answer = Fields.object();
    ArrayNode all = answer.putArray("jobs");
    List<Job> jobs = queue.jobs();
    for (int i = jobs.size() - 1; i >= 0; i--) {
      all.add(json(jobs.get(i)));
    }
    answer(context, answer);
  }

  /** Ends a job; one that has ended is forgotten. */
  private void delete(Context context) {
    Job job = job(context);
    if (job.snapshot().state().isEnd()) {
      queue.forget(job);
    } else {
      job.cancel();
    }
    answer(context, json(job));
  }

  private void skip(Context context) {
    Job job = job(context);
    job.skip();
    answer(context, json(job));
  }

  private void preview(Context context) {
    context
        .contentType("image/png")
        .result(
            job(context)
                .preview()
                .map(Pictures::png)
                .orElseThrow(() -> new Refusal(404, "the job has no preview at the moment")));
  }

  private void image(Context context) {
    List<GeneratedImage> images = job(context).finished();
    int number = number(context.pathParam("number"));
    if (number < 0 || number >= images.size()) {
      throw new Refusal(
          404, "the job has %s finished pictures, counted from 0".formatted(images.size()));
    }
    String format =
        Optional.ofNullable(context.queryParam("format")).orElse("png").toLowerCase(Locale.ROOT);
    if (!format.equals("png") && !format.equals("jpeg")) {
      throw new Refusal(422, "'format' must be png or jpeg");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    images.get(number).write(out, format);
    context.contentType("image/" + format).result(out.toByteArray());
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * Tells of every change until the end. A client that goes away leaves the job alone; it can come
   * back and hear how far it is by then.
   */
  private void events(Context context) throws InterruptedException {
    Job job = job(context);
    if (!watchers.tryAcquire()) {
      throw new Refusal(
          429, "%s clients watch jobs already".formatted(MAX_WATCHERS), Map.of("Retry-After", "5"));
    }
    try {
      watch(job, context);
    } finally {
      watchers.release();
    }
  }

  private void watch(Job job, Context context) throws InterruptedException {
    boolean previews = !"false".equals(context.queryParam("previews"));
    try (ClientConnection client = ClientConnection.of(context)) {
      EventStream stream = EventStream.begin(context);
      Job.Snapshot now = job.snapshot();
      int place = queue.place(job);
      int told = 0;
      while (!now.state().isEnd()) {
        ObjectNode progress = json(job);
        if (previews) {
          job.preview()
              .ifPresent(image -> progress.put("preview", Pictures.base64(Pictures.png(image))));
        }
        stream.send("progress", progress);
        told = tellImages(job, stream, told);
        Job.Snapshot before = now;
        int placeBefore = place;
        while (now.version() == before.version() && !now.state().isEnd() && place == placeBefore) {
          if (client.isGone()) {
            return;
          }
          now = job.await(now.version(), LOOK_MILLIS);
          place = queue.place(job);
        }
      }
      tellImages(job, stream, told);
      stream.send(now.state().label(), json(job));
    }
  }

  private static int tellImages(Job job, EventStream stream, int told) {
    List<GeneratedImage> images = job.finished();
    for (int i = told; i < images.size(); i++) {
      stream.send("image", image(job, i, images.get(i)));
    }
    return images.size();
  }

  private static ObjectNode image(Job job, int number, GeneratedImage image) {
    return Fields.object()
        .put("number", number)
        .put("url", "/api/jobs/%s/images/%s".formatted(job.id(), number))
        .put("width", image.width())
        .put("height", image.height())
        .put("seed", image.seed())
        .put("parameters", image.parameters());
  }

  private ObjectNode json(Job job) {
    Job.Snapshot now = job.snapshot();
    ObjectNode json = Fields.object();
    json.put("id", job.id());
    json.put("kind", job.kind());
    json.put("state", now.state().label());
    json.put("place", queue.place(job));
    json.put("prompt", job.title());
    json.put("created", job.created().toString());
    json.put("seconds", job.seconds());
    json.put("progress", now.fraction());
    json.put("seconds_left", now.secondsLeft());
    json.put("image", Math.max(0, now.begun() - 1));
    json.put("image_count", job.parts());
    json.put("step", now.step());
    json.put("steps", now.steps());
    ArrayNode images = json.putArray("images");
    List<GeneratedImage> finished = job.finished();
    for (int i = 0; i < finished.size(); i++) {
      images.add(image(job, i, finished.get(i)));
    }
    ArrayNode loras = json.putArray("loras");
    for (LoraReport report : job.loras()) {
      loras.add(sentences.withoutFolders(report.toString()));
    }
    ArrayNode warnings = json.putArray("warnings");
    job.warnings().forEach(warning -> warnings.add(sentences.withoutFolders(warning)));
    if (now.state() == JobState.FAILED) {
      json.put("error", sentences.of(job.failure().orElseThrow()).sentence());
    }
    return json;
  }
}
