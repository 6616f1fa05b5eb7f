package dev.sdlora.server.job.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.EventStream;
import dev.sdlora.server.http.Parameters;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.http.Thumbnails;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.shared.DrawingJobs;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequestFormat;
import dev.sdlora.server.key.Caller;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Jobs that continue when their client disconnects; clients find them again by their ids. */
public final class JobsApi {
  private static final long WAIT_MILLIS = 100;

  /** Limit of clients that watch jobs at once. */
  public static final int MOST_WATCHERS = 64;

  private final RequestContext requestContext;
  private final JobQueue queue;
  private final DrawingJobs drawings;
  private final JobJson json;
  private final Thumbnails thumbnails = new Thumbnails();
  private final Watchers watchers;
  private final Repeats repeats = new Repeats();

  /**
   * Creates the API of a queue.
   *
   * @param drawings makes jobs of requests
   * @param signed signs the addresses of images
   */
  public JobsApi(
      RequestContext requestContext,
      JobQueue queue,
      DrawingJobs drawings,
      ErrorMessages messages,
      SignedPaths signed) {
    this.requestContext = requestContext;
    this.queue = queue;
    this.drawings = drawings;
    this.json = new JobJson(queue, messages, signed);
    this.watchers = new Watchers(MOST_WATCHERS, queue::secondsLeft);
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.post("/api/jobs", this::submit, RouteCost.JOB),
        Route.get("/api/jobs", this::list),
        Route.get("/api/jobs/{id}", context -> Answers.json(context, json.of(job(context)))),
        Route.delete("/api/jobs/{id}", this::delete),
        Route.post("/api/jobs/{id}/skip", this::skip),
        Route.post("/api/jobs/{id}/interrupt", this::interrupt),
        Route.post("/api/jobs/{id}/move", this::move),
        Route.get("/api/jobs/{id}/events", this::events),
        Route.get("/api/events", new EventsApi(queue, json, watchers)::events),
        Route.get("/api/jobs/{id}/preview", this::preview),
        Route.get("/api/jobs/{id}/images/{number}", this::image),
        Route.get("/api/jobs/{id}/images/{number}/thumbnail", this::thumbnail));
  }

  private Job job(Context context) {
    return drawings
        .find(context.pathParam("id"))
        .orElseThrow(
            () -> new Refusal(404, "there is no job with this id; old jobs are forgotten"));
  }

  private void submit(Context context) {
    Fields fields = Bodies.fields(context);
    Optional<String> key = RequestKey.of(context);
    Caller client = caller(fields);
    Caller caller = key.map(id -> client.repeating(RequestKey.fingerprint(fields))).orElse(client);
    caller.handle(
        () -> {
          Job job =
              key.isPresent()
                  ? repeats.once(key.get(), caller, drawings::find, () -> add(fields, key.get()))
                  : add(fields, UUID.randomUUID().toString());
          Answers.warn(context, drawings.warnings());
          context.status(202).header("Location", "/api/jobs/" + job.id());
          Answers.json(context, json.of(job));
        });
  }

  /** Returns the client with the priority that the request asks for, and removes that field. */
  private static Caller caller(Fields fields) {
    Caller caller = Caller.current();
    OptionalLong priority = fields.whole("priority");
    fields.node().remove("priority");
    return priority.isPresent() ? caller.withPriority(priority.getAsLong()) : caller;
  }

  private Job add(Fields fields, String id) {
    RequestContext chosen = requestContext.chosenBy(fields);
    PromptSpec spec = new DrawingReader(chosen).read(fields, Dialect.LIBRARY, Overrides.NONE);
    chosen.pipeline().check(spec);
    chosen.name(fields.node());
    String kind = spec.imageToImage().isPresent() ? "img2img" : "txt2img";
    return add(kind, fields, spec, id, chosen);
  }

  private Job add(String kind, Fields fields, PromptSpec spec, String id, RequestContext chosen) {
    return drawings.submit(
        Submission.drawing(
            kind, fields, spec, chosen, StoredRequest.of(fields, spec), RequestFormat.PLAIN, true),
        Optional.of(id));
  }

  /** Lists the known jobs, newest first. */
  private void list(Context context) {
    Answers.json(context, Fields.object().set("jobs", json.all()));
  }

  /** Cancels a job; forgets one that has ended. */
  private void delete(Context context) {
    Job job = job(context);
    if (job.snapshot().state().isEnd()) {
      queue.forget(job);
    } else {
      job.cancel();
    }
    Answers.json(context, json.of(job));
  }

  /** Ends a job and keeps its current image as far as it is drawn. */
  private void interrupt(Context context) {
    Job job = job(context);
    if (!job.snapshot().state().isEnd()) {
      job.interrupt();
    }
    Answers.json(context, json.of(job));
  }

  private void skip(Context context) {
    Job job = job(context);
    job.skip();
    Answers.json(context, json.of(job));
  }

  private void move(Context context) {
    Job job = job(context);
    Fields fields = Bodies.fields(context);
    if (!fields.has("place")) {
      throw new Refusal(422, "field 'place' is missing (1 is next)");
    }
    if (!queue.move(job, fields.whole("place", 1))) {
      throw new Refusal(409, "the job is no longer waiting");
    }
    Answers.json(context, json.of(job));
  }

  private void preview(Context context) {
    context
        .contentType("image/png")
        .result(
            job(context)
                .preview()
                .map(Base64Images::png)
                .orElseThrow(() -> new Refusal(404, "the job has no preview now")));
  }

  private static JobImage finished(Context context, Job job) {
    List<JobImage> images = job.images();
    int number = number(context.pathParam("number"));
    if (number < 0 || number >= images.size()) {
      throw new Refusal(
          404, "the job has %s finished images, counted from 0".formatted(images.size()));
    }
    return images.get(number);
  }

  private void image(Context context) {
    JobImage image = finished(context, job(context));
    String format =
        Optional.ofNullable(context.queryParam("format")).orElse("png").toLowerCase(Locale.ROOT);
    if (!format.equals("png") && !format.equals("jpeg")) {
      throw new Refusal(422, "'format' must be png or jpeg");
    }
    int quality = Parameters.whole(context, "quality", 80, 100);
    context
        .contentType("image/" + format)
        .result(format.equals("jpeg") ? image.load().jpeg(quality) : image.png());
  }

  private void thumbnail(Context context) {
    Job job = job(context);
    JobImage image = finished(context, job);
    String key = job.id() + job.created() + image.seed() + context.pathParam("number");
    context.header("Cache-Control", "private, max-age=3600");
    context.contentType("image/jpeg").result(thumbnails.of(key, () -> image.load().image()));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * Sends every change until the end. The job continues if the client disconnects; the client can
   * reconnect and receives the current state.
   */
  private void events(Context context) throws InterruptedException {
    Job job = job(context);
    watchers.send(Optional.of(job), () -> watch(job, context));
  }

  private void watch(Job job, Context context) throws InterruptedException {
    boolean previews = !"false".equals(context.queryParam("previews"));
    try (ClientConnection client = ClientConnection.of(context)) {
      EventStream stream = EventStream.begin(context);
      Job.Snapshot now = job.snapshot();
      int place = queue.place(job);
      int sent = 0;
      while (!now.state().isEnd()) {
        ObjectNode progress = json.of(job);
        if (previews) {
          job.preview()
              .ifPresent(
                  image -> progress.put("preview", Base64Images.base64(Base64Images.png(image))));
        }
        stream.send("progress", progress);
        sent = sendImages(job, stream, sent);
        Job.Snapshot before = now;
        int placeBefore = place;
        while (now.version() == before.version() && !now.state().isEnd() && place == placeBefore) {
          if (client.isGone()) {
            return;
          }
          now = job.await(now.version(), WAIT_MILLIS);
          place = queue.place(job);
        }
      }
      sendImages(job, stream, sent);
      stream.send(now.state().label(), json.of(job));
    }
  }

  private int sendImages(Job job, EventStream stream, int sent) {
    List<JobImage> images = job.images();
    for (int i = sent; i < images.size(); i++) {
      stream.send("image", json.image(job, i, images.get(i)));
    }
    return images.size();
  }
}
