package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.reference.Uploads;
import io.javalin.http.Context;
import java.util.List;

/** {@code /api/pictures}: uploads image files, so that requests can refer to them. */
public final class UploadsApi {
  private final Uploads uploads;
  private final RequestLimits limits;

  /** Creates the API. */
  public UploadsApi(Uploads uploads, RequestLimits limits) {
    this.uploads = uploads;
    this.limits = limits;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.post("/api/pictures", this::add),
        Route.get("/api/pictures/{id}", this::get).forClients());
  }

  /** Decodes the whole image, so that a damaged file is refused now and not when it is used. */
  private void add(Context context) {
    byte[] file = Bodies.bytes(context);
    if (file.length == 0) {
      throw new Refusal(400, "the body must be an image file");
    }
    Image image = Base64Images.read("body", file, limits.pixels());
    String id = uploads.add(file);
    ObjectNode answer = Fields.object();
    answer.put("id", id);
    answer.put("reference", "picture:" + id);
    answer.put("url", "/api/pictures/" + id);
    answer.put("width", image.width());
    answer.put("height", image.height());
    answer.put("has_settings", PngInfoApi.parameters(file).isPresent());
    context.status(201).header("Location", "/api/pictures/" + id);
    Answers.json(context, answer);
  }

  private void get(Context context) {
    byte[] file =
        uploads
            .find(context.pathParam("id"))
            .orElseThrow(
                () ->
                    new Refusal(
                        404, "there is no image with this id; the server may have dropped it"));
    // The id is a hash of the content, so browsers need not revalidate.
    context.header("Cache-Control", "private, max-age=86400, immutable");
    context.header("X-Content-Type-Options", "nosniff");
    context.contentType(Base64Images.mediaType(file)).result(file);
  }
}
