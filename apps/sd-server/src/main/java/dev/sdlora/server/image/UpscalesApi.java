package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;

/** {@code /api/upscales}: upscaling as jobs. */
public final class UpscalesApi {
  private final RequestContext requestContext;
  private final JobQueue queue;

  /** Creates the API of a queue. */
  public UpscalesApi(RequestContext requestContext, JobQueue queue) {
    this.requestContext = requestContext;
    this.queue = queue;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(Route.post("/api/upscales", this::submit, RouteCost.JOB).withModel("upscaling"));
  }

  private void submit(Context context) {
    Fields fields = Bodies.fields(context);
    String given =
        fields.name("image").orElseThrow(() -> new Refusal(422, "field 'image' is missing"));
    byte[] file = requestContext.images().bytes("image", given);
    Image image = Base64Images.read("image", file, requestContext.limits().pixels());
    Enlargement target = Enlargement.read(fields, image, requestContext);
    String upscaler =
        Enlargement.requireUpscaler(fields.name("upscaler").orElse("Lanczos"), requestContext);
    ObjectNode settings = fields.node().deepCopy();
    if (!requestContext.images().isReference(given)) {
      settings.remove("image");
    }
    UpscaleWork work =
        new UpscaleWork(requestContext, image, PngInfoApi.parameters(file), upscaler, target);
    Job job = queue.submit(new Job.Request("upscale", work, settings), Optional.empty());
    context.status(202).header("Location", "/api/jobs/" + job.id());
    ObjectNode answer = Fields.object();
    answer.put("id", job.id());
    answer.put("url", "/api/jobs/" + job.id());
    answer.put("width", target.width());
    answer.put("height", target.height());
    Answers.json(context, answer);
  }
}
