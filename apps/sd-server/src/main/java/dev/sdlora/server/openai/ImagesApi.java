package dev.sdlora.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.EventStream;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.shared.DrawingJobs;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequestFormat;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;

/**
 * {@code /v1/images/generations}, {@code edits} and {@code variations}. In addition to OpenAI's
 * fields, these accept those of A1111, such as {@code steps}, {@code seed} and {@code
 * negative_prompt}, which most clients can send as extra fields.
 */
public final class ImagesApi {
  private final int maxSide;
  private final RequestContext requestContext;
  private final DrawingJobs drawings;
  private final ErrorMessages messages;
  private final SignedPaths signed;

  /**
   * Creates the API of a queue.
   *
   * @param drawings makes jobs of requests
   * @param signed signs the URLs of images, so that clients need no credentials
   * @param maxSide larger sizes are reduced until no side is longer
   */
  public ImagesApi(
      RequestContext requestContext,
      DrawingJobs drawings,
      ErrorMessages messages,
      SignedPaths signed,
      int maxSide) {
    this.maxSide = maxSide;
    this.requestContext = requestContext;
    this.drawings = drawings;
    this.messages = messages;
    this.signed = signed;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/v1/models", this::models),
        Route.post(
            "/v1/images/generations",
            context -> draw(context, Bodies.fields(context), "image_generation"),
            RouteCost.JOB),
        Route.post(
            "/v1/images/edits",
            context -> draw(context, new EditForm(requestContext).read(context), "image_edit"),
            RouteCost.JOB),
        Route.post(
            "/v1/images/variations",
            context ->
                draw(
                    context,
                    new EditForm(requestContext).readVariation(context),
                    "image_variation"),
            RouteCost.JOB));
  }

  private void models(Context context) {
    ObjectNode answer = Fields.object().put("object", "list");
    ArrayNode data = answer.putArray("data");
    for (Model model : requestContext.checkpoints()) {
      data.addObject()
          .put("id", model.name())
          .put("object", "model")
          .put("created", 0)
          .put("owned_by", "sd-server");
    }
    Answers.json(context, answer);
  }

  private void draw(Context context, Fields fields, String event) {
    if (fields.name("prompt").isEmpty() && !event.equals("image_variation")) {
      throw Refusal.missing("prompt");
    }
    ImageAnswer form = ImageAnswer.read(fields, context, signed);
    boolean streaming = fields.flag("stream", false);
    int partial = fields.whole("partial_images", 0);
    if (partial < 0 || partial > 3) {
      throw Refusal.of("partial_images", "field 'partial_images' must be from 0 to 3: " + partial);
    }
    RequestContext chosen = ImageFields.chosen(fields, requestContext);
    ImageFields names = new ImageFields(chosen, maxSide);
    Fields translated = names.translated(fields);
    PromptSpec spec = names.read(translated);
    ImageSize size = spec.size().orElseGet(() -> chosen.pipeline().checkpoint().defaultSize());
    Submission submission =
        Submission.drawing(
            event,
            translated,
            spec,
            chosen,
            StoredRequest.translated(translated, spec, chosen),
            RequestFormat.previews(streaming ? partial : 0),
            false);
    try (ClientConnection client = ClientConnection.of(context)) {
      Job job = drawings.submit(submission, Optional.empty());
      if (streaming) {
        try {
          stream(context, client, job, event, form, size);
        } catch (Refusal gone) {
          job.cancel();
          throw gone;
        }
      } else {
        client.awaitEnd(job);
        boolean partly = job.snapshot().state() == JobState.CANCELLED && !job.images().isEmpty();
        if (!partly) {
          requireDone(job);
        }
        Answers.json(context, form.answer(job, warnings(job), size));
      }
    }
  }

  /** Returns the reason why images are missing. */
  private Optional<Refusal> problem(Job job) {
    return switch (job.snapshot().state()) {
      case FAILED -> {
        ErrorMessages.Message error = messages.of(job.failure().orElseThrow());
        yield Optional.of(Refusal.of(error));
      }
      case CANCELLED -> Optional.of(new Refusal(503, "the job was cancelled"));
      default -> Optional.empty();
    };
  }

  private void requireDone(Job job) {
    Optional<Refusal> problem = problem(job);
    if (problem.isPresent()) {
      throw problem.get();
    }
  }

  private List<String> warnings(Job job) {
    return job.warnings().stream().map(messages::shown).toList();
  }

  private void stream(
      Context context,
      ClientConnection client,
      Job job,
      String event,
      ImageAnswer form,
      ImageSize size) {
    Job.Snapshot now = firstSign(client, job);
    EventStream stream = EventStream.begin(context);
    ImageStream images = new ImageStream(stream::send, job, event, form, size);
    while (!now.state().isEnd()) {
      images.send();
      now = client.await(job, now.version());
    }
    images.end(warnings(job));
    problem(job)
        .ifPresent(
            refusal ->
                stream.send(
                    "error",
                    ErrorAnswer.openAi(refusal.status(), refusal.sentence(), refusal.parameter())));
  }

  /** Waits until drawing begins; earlier errors can still be sent with their own status. */
  private Job.Snapshot firstSign(ClientConnection client, Job job) {
    Job.Snapshot now = job.snapshot();
    while (!now.state().isEnd() && now.begun() == 0) {
      now = client.await(job, now.version());
    }
    if (now.state() == JobState.FAILED) {
      requireDone(job);
    }
    return now;
  }
}
