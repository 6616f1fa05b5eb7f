package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Parameters;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainingListener;
import io.javalin.http.Context;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Training of LoRAs: jobs that run one at a time, in parallel with drawing. */
public final class TrainingsApi implements AutoCloseable {
  /** Allows embedded images and styles only; {@code sandbox} also forbids forms and scripts. */
  private static final String REPORT_POLICY =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action"
          + " 'none'; frame-ancestors 'self'; sandbox";

  private final RequestContext requestContext;
  private final JobQueue queue;
  private final ErrorMessages messages;
  private final LoraFolder loras;
  private final Trainings trainings;

  /**
   * Creates the API of a queue.
   *
   * @param folder one of the library's folders for trained LoRAs; empty for the first
   */
  public TrainingsApi(
      RequestContext requestContext,
      JobQueue queue,
      ErrorMessages messages,
      Optional<Path> folder) {
    this.requestContext = requestContext;
    this.queue = queue;
    this.messages = messages;
    this.loras = new LoraFolder(folder, requestContext.pipeline().loras());
    this.trainings = new Trainings(queue);
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/trainings/recommended", this::recommended),
        Route.post("/api/trainings", this::submit, RouteCost.JOB).withModel("training"),
        Route.post("/api/trainings/plan", this::plan, RouteCost.CALL),
        Route.get("/api/trainings", this::list),
        Route.get("/api/trainings/{id}", context -> Answers.json(context, whole(job(context)))),
        Route.delete("/api/trainings/{id}", this::delete),
        Route.post("/api/trainings/{id}/resume", this::resume, RouteCost.JOB),
        Route.get("/api/trainings/{id}/samples/{number}", this::sample),
        Route.get("/api/trainings/{id}/report", this::report));
  }

  private Job job(Context context) {
    return trainings
        .find(context.pathParam("id"))
        .orElseThrow(
            () -> new Refusal(404, "no training has this id; old trainings are forgotten"));
  }

  /** Returns the recommended settings, and whether training is available. */
  private void recommended(Context context) {
    int images = count(context.queryParam("pictures"));
    RequestContext chosen =
        Parameters.text(context, "checkpoint")
            .map(requestContext::of)
            .orElseGet(() -> requestContext);
    Recommendation recommended = new TrainingReader(chosen).recommended(images);
    ImageSize size = chosen.pipeline().checkpoint().defaultSize();
    ObjectNode json = Fields.object();
    json.put("steps", recommended.steps());
    json.put("rank", recommended.rank());
    json.put("alpha", recommended.rank());
    json.put("learning_rate", recommended.learningRate());
    json.put("batch_size", recommended.batchSize());
    json.put("modules", recommended.modules().name().toLowerCase(Locale.ROOT));
    json.put("width", size.width());
    json.put("height", size.height());
    trainings.secondsPerPixel().ifPresent(seconds -> json.put("seconds_per_pixel", seconds));
    loras.obstacle().ifPresent(why -> json.put("obstacle", why));
    Answers.json(context, json);
  }

  private static int count(@Nullable String given) {
    try {
      return given == null ? 1 : Math.max(1, Integer.parseInt(given));
    } catch (NumberFormatException e) {
      throw new Refusal(422, "'pictures' must be a whole number: '%s'".formatted(given));
    }
  }

  private void submit(Context context) {
    Fields fields = Bodies.fields(context);
    RequestContext chosen = requestContext.chosenBy(fields);
    TrainingReader reader = new TrainingReader(chosen);
    String name = loras.requireFree(fields.name("name").orElse("").strip());
    Path folder = Trainings.newFolder();
    Job job;
    try {
      TrainingRequest request = reader.read(fields, name, folder);
      job = trainings.submit(Training.of(request, chosen.pipeline(), loras));
    } catch (RuntimeException e) {
      Trainings.delete(folder);
      throw e;
    }
    accepted(context, job);
  }

  /** Plans a training without starting it. One at a time, because plans measure the speed. */
  private synchronized void plan(Context context) {
    Fields fields = Bodies.fields(context);
    RequestContext chosen = requestContext.chosenBy(fields);
    Path folder = Trainings.newFolder();
    try {
      TrainingRequest request = new TrainingReader(chosen).readForPlan(fields, "plan", folder);
      LoraTrainer trainer = request.trainer(chosen.pipeline(), TrainingListener.NONE, false);
      Answers.json(
          context,
          PlanAnswer.of(
              trainer.plan(), request, warning -> messages.shown(withoutFolder(warning, folder))));
    } finally {
      Trainings.delete(folder);
    }
  }

  private void accepted(Context context, Job job) {
    context.status(202).header("Location", "/api/trainings/" + job.id());
    Answers.json(context, whole(job));
  }

  private void resume(Context context) {
    Training resumed =
        Trainings.training(job(context))
            .resumed()
            .orElseThrow(
                () ->
                    new Refusal(
                        409,
                        "only a training that was cancelled after its first step can be resumed"));
    loras.requireFree(resumed.request().name());
    accepted(context, trainings.submit(resumed));
  }

  private void list(Context context) {
    ObjectNode answer = Fields.object();
    ArrayNode all = answer.putArray("trainings");
    trainings.all().forEach(job -> all.add(json(job)));
    Answers.json(context, answer);
  }

  /** Cancels a training, with {@code ?keep=true} saving its LoRA; forgets one that has ended. */
  private void delete(Context context) {
    Job job = job(context);
    if (job.snapshot().state().isEnd()) {
      queue.forget(job);
    } else {
      Trainings.training(job).stop("true".equals(context.queryParam("keep")));
      job.cancel();
    }
    Answers.json(context, whole(job));
  }

  private void sample(Context context) {
    List<TrainingHistory.Sample> samples = Trainings.training(job(context)).samples();
    try {
      int number = Integer.parseInt(context.pathParam("number"));
      context.contentType("image/png").result(Files.readAllBytes(samples.get(number).file()));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new Refusal(
          404, "the training has %s samples, counted from 0".formatted(samples.size()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the sample: " + e, e);
    }
  }

  /** Sends the report, which may be shown in a frame of this server's pages only. */
  private void report(Context context) {
    Job job = job(context);
    Training training = Trainings.training(job);
    Path file =
        training
            .report()
            .orElseThrow(
                () -> new Refusal(404, "the training has no report; it is written at the end"));
    context.header("Content-Security-Policy", REPORT_POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cache-Control", "no-cache");
    if ("true".equals(context.queryParam("download"))) {
      context.header("Content-Disposition", "attachment; filename=\"training-report.html\"");
    }
    try {
      context.contentType("text/html; charset=utf-8");
      context.result(
          messages.withoutFolders(
              withoutFolder(Files.readString(file), training.request().folder())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the report: " + e, e);
    }
  }

  private static String withoutFolder(String text, Path folder) {
    return text.replace(folder + File.separator, "").replace(folder.toString(), "…");
  }

  /** Returns a training with its losses and samples. */
  private ObjectNode whole(Job job) {
    ObjectNode json = json(job);
    Training training = Trainings.training(job);
    training.writeLosses(json);
    ArrayNode weights = json.putArray("sample_weights");
    training.request().sampleWeights().forEach(weights::add);
    ArrayNode samples = json.putArray("samples");
    List<TrainingHistory.Sample> all = training.samples();
    for (int i = 0; i < all.size(); i++) {
      TrainingHistory.Sample sample = all.get(i);
      samples
          .addObject()
          .put("step", sample.step())
          .put("prompt", sample.prompt())
          .put("weight", sample.weight())
          .put("url", "/api/trainings/%s/samples/%s".formatted(job.id(), i));
    }
    training
        .report()
        .ifPresent(file -> json.put("report", "/api/trainings/%s/report".formatted(job.id())));
    return json;
  }

  private ObjectNode json(Job job) {
    Job.Snapshot now = job.snapshot();
    ObjectNode json = Fields.object();
    json.put("id", job.id());
    json.put("state", now.state().label());
    json.put("place", queue.place(job));
    json.put("created", job.created().toString());
    json.put("seconds", job.seconds());
    json.put("progress", now.fraction());
    json.put("seconds_left", 0.0);
    json.put("step", now.step());
    json.put("steps", now.steps());
    job.work().details().ifPresent(json::setAll);
    ArrayNode warnings = json.putArray("warnings");
    job.warnings().forEach(warning -> warnings.add(messages.shown(warning)));
    if (now.state() == JobState.FAILED) {
      json.put("error", messages.of(job.failure().orElseThrow()).sentence());
    }
    return json;
  }

  /** Cancels all trainings, waits for their ends, and deletes their temporary files. */
  @Override
  public void close() {
    trainings.close();
  }
}
