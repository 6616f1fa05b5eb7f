package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.image.Enlargement;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Upscaling of images, and settings in images. */
final class ExtraEndpoints {
  private final RequestContext requestContext;

  /** Limits upscaling to one image at a time, because a network uses all cores. */
  private final ReentrantLock enlarging = new ReentrantLock(true);

  ExtraEndpoints(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/sdapi/v1/png-info", this::pngInfo),
        Route.post("/sdapi/v1/extra-single-image", this::enlargeOne, RouteCost.JOB)
            .withModel("upscaling"),
        Route.post("/sdapi/v1/extra-batch-images", this::enlargeAll, RouteCost.JOB)
            .withModel("upscaling"));
  }

  private void pngInfo(Context context) {
    Fields fields = Bodies.fields(context);
    String text = fields.name("image").orElseThrow(() -> new Refusal(404, "Image not found"));
    byte[] file = requestContext.images().bytes("image", text);
    Base64Images.requireSize("image", file, requestContext.limits().pixels());
    String info;
    try {
      info = GeneratedImage.readInfotext(new ByteArrayInputStream(file));
    } catch (ImageFileException e) {
      info = ""; // A1111 sends this for images without settings.
    }
    ObjectNode answer = Fields.object().put("info", info);
    ObjectNode items = answer.putObject("items");
    if (!info.isEmpty()) {
      items.put("parameters", info);
    }
    ObjectNode parameters = answer.putObject("parameters");
    if (!info.isEmpty()) {
      addParameters(PromptSpec.fromInfotext(info), parameters);
    }
    Answers.json(context, answer);
  }

  private static void addParameters(PromptSpec spec, ObjectNode parameters) {
    parameters.put("Prompt", spec.prompt());
    parameters.put("Negative prompt", spec.negativePrompt());
    parameters.put("Steps", "" + spec.steps());
    parameters.put("Sampler", spec.sampler().label());
    parameters.put("Schedule type", spec.schedule().label());
    parameters.put("CFG scale", "" + spec.cfgScale());
    spec.seed().ifPresent(seed -> parameters.put("Seed", "" + seed));
    spec.size()
        .ifPresent(
            size -> parameters.put("Size-1", "" + size.width()).put("Size-2", "" + size.height()));
    parameters.put("Clip skip", "" + spec.clipSkip());
    spec.otherParameters().forEach(parameters::put);
  }

  private void enlargeOne(Context context) {
    Fields fields = fields(context);
    String text = fields.name("image").orElseThrow(() -> new Refusal(404, "Image not found"));
    ObjectNode answer = Fields.object().put("html_info", "");
    answer.put("image", enlarged("image", text, fields));
    Answers.json(context, answer);
  }

  private void enlargeAll(Context context) {
    Fields fields = fields(context);
    List<Fields> files = fields.objects("imageList");
    if (files.isEmpty() || files.size() > requestContext.limits().images()) {
      throw new Refusal(
          422,
          "field 'imageList' must have from 1 to %s images: %s"
              .formatted(requestContext.limits().images(), files.size()));
    }
    ObjectNode answer = Fields.object().put("html_info", "");
    ArrayNode images = answer.putArray("images");
    for (Fields file : files) {
      String text =
          file.name("data")
              .orElseThrow(
                  () -> new Refusal(422, "each element of 'imageList' must have a field 'data'"));
      images.add(enlarged("imageList", text, fields));
    }
    Answers.json(context, answer);
  }

  private Fields fields(Context context) {
    Fields fields = Bodies.fields(context);
    for (String name : new String[] {"gfpgan_visibility", "codeformer_visibility"}) {
      if (fields.number(name).orElse(0) != 0) {
        throw new Refusal(422, "'%s' is not supported".formatted(name));
      }
    }
    return fields;
  }

  /** Upscales an image as the fields request; returns base64. */
  private String enlarged(String field, String text, Fields fields) {
    Image image = requestContext.images().image(field, text, requestContext.limits().pixels());
    Enlargement target = Enlargement.read(fields, image, requestContext);
    double visibility = fields.number("extras_upscaler_2_visibility").orElse(0);
    if (!(visibility >= 0 && visibility <= 1)) {
      throw new Refusal(
          422, "field 'extras_upscaler_2_visibility' must be from 0 to 1: " + visibility);
    }
    Image first = enlarged(fields.name("upscaler_1").orElse("None"), image, target);
    if (visibility > 0) {
      String name = fields.name("upscaler_2").orElse("None");
      first = blended(first, enlarged(name, image, target), visibility);
    }
    return Base64Images.base64(Base64Images.png(first.toBufferedImage()));
  }

  private Image enlarged(String upscaler, Image image, Enlargement target) {
    enlarging.lock();
    try {
      return target.of(image, upscaler, requestContext, done -> {});
    } finally {
      enlarging.unlock();
    }
  }

  private static Image blended(Image first, Image second, double share) {
    byte[] of = first.rgb();
    byte[] with = second.rgb();
    for (int i = 0; i < of.length; i++) {
      of[i] = (byte) Math.round((of[i] & 0xff) * (1 - share) + (with[i] & 0xff) * share);
    }
    return Image.of(first.width(), first.height(), of);
  }
}
