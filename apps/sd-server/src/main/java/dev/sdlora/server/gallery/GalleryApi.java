package dev.sdlora.server.gallery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Parameters;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.http.Thumbnails;
import dev.sdlora.server.image.PngInfoApi;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code /api/gallery}: the generated images and their settings. */
public final class GalleryApi {
  private static final int PAGE = 60;
  private static final int MAX_PAGE = 500;

  /** Limit of pixels; anyone may have put files into the folder. */
  private static final long MAX_PIXELS = 1L << 26;

  private final Gallery gallery;
  private final PngInfoApi settings;
  private final SignedPaths signed;
  private final Thumbnails thumbnails = new Thumbnails();

  /**
   * Creates the API of a gallery.
   *
   * @param signed signs the addresses of images
   */
  public GalleryApi(Gallery gallery, PngInfoApi settings, SignedPaths signed) {
    this.gallery = gallery;
    this.settings = settings;
    this.signed = signed;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/gallery", this::list),
        Route.get("/api/gallery/{name}", this::file),
        Route.delete("/api/gallery/{name}", this::delete),
        Route.get("/api/gallery/{name}/thumbnail", this::thumbnail),
        Route.get("/api/gallery/{name}/settings", this::settings));
  }

  static Refusal missing() {
    return new Refusal(404, "there is no image with this name; it may have been deleted");
  }

  private GalleryImage image(Context context) {
    return gallery.image(context.pathParam("name")).orElseThrow(GalleryApi::missing);
  }

  private void list(Context context) {
    String search = Parameters.text(context, "search").orElse("").strip();
    List<GalleryImage> all = gallery.newestFirst();
    List<GalleryImage> found =
        search.isEmpty() ? all : all.stream().filter(one -> one.has(search)).toList();
    int from = Math.min(Parameters.whole(context, "from", 0, Integer.MAX_VALUE), found.size());
    int count = Math.min(MAX_PAGE, Parameters.whole(context, "count", PAGE, Integer.MAX_VALUE));
    int to = Math.min(found.size(), from + count);
    ObjectNode answer = Fields.object().put("total", found.size());
    ArrayNode images = answer.putArray("pictures");
    found.subList(from, to).forEach(image -> images.add(json(image)));
    Answers.json(context, answer);
  }

  private ObjectNode json(GalleryImage image) {
    String name = URLEncoder.encode(image.name(), StandardCharsets.UTF_8).replace("+", "%20");
    String path = "/api/gallery/" + name;
    return Fields.object()
        .put("name", image.name())
        .put("url", path + "?" + signed.sign(path))
        .put("time", image.time().toString())
        .put("width", image.width())
        .put("height", image.height())
        .put("parameters", image.infotext());
  }

  private void file(Context context) {
    byte[] file = gallery.find(context.pathParam("name")).orElseThrow(GalleryApi::missing);
    context.header("X-Content-Type-Options", "nosniff");
    context.contentType(Base64Images.mediaType(file)).result(file);
  }

  private void delete(Context context) {
    if (!gallery.delete(context.pathParam("name"))) {
      throw missing();
    }
    context.status(204);
  }

  private void thumbnail(Context context) {
    GalleryImage image = image(context);
    String tag = "\"" + image.time().toEpochMilli() + '"';
    context.header("ETag", tag).header("Cache-Control", "no-cache");
    if (tag.equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    byte[] file = thumbnails.of(image.name() + tag, () -> read(image));
    context.contentType("image/jpeg").result(file);
  }

  private Image read(GalleryImage image) {
    byte[] file = gallery.find(image.name()).orElseThrow(GalleryApi::missing);
    return Base64Images.read("picture", file, MAX_PIXELS);
  }

  private void settings(Context context) {
    ObjectNode answer = settings.answer(image(context).infotext());
    Answers.json(context, answer);
  }
}
