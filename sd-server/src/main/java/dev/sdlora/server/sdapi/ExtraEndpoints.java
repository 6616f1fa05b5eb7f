package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.ImageFileException;
import dev.sdlora.api.Picture;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.UpscalerNetwork;
import dev.sdlora.server.http.Fields;
import dev.sdlora.server.http.Pictures;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.request.Offer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/** Pictures that are only enlarged, and what is written in pictures. */
final class ExtraEndpoints {
  private final Offer offer;

  /** One picture at a time, as a network takes all cores. */
  private final ReentrantLock enlarging = new ReentrantLock(true);

  ExtraEndpoints(Offer offer) {
    this.offer = offer;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/sdapi/v1/png-info", this::pngInfo);
    routes.post("/sdapi/v1/extra-single-image", this::enlarge);
  }

  private void pngInfo(Context context) {
    Fields fields = Fields.read(context, offer.limits().bodyBytes());
    String text = fields.name("image").orElseThrow(() -> new Refusal(404, "Image not found"));
    byte[] file = offer.pictures().bytes("image", text);
    Pictures.requireSize("image", file, offer.limits().pixels());
    String info;
    try {
      info = GeneratedImage.readParameters(new ByteArrayInputStream(file));
    } catch (ImageFileException e) {
      info = ""; // A1111 answers so to pictures without settings.
    }
    ObjectNode answer = Fields.object().put("info", info);
    ObjectNode items = answer.putObject("items");
    if (!info.isEmpty()) {
      items.put("parameters", info);
    }
    ObjectNode parameters = answer.putObject("parameters");
    if (!info.isEmpty()) {
      addParameters(PromptSpec.fromParameters(info), parameters);
    }
    Listings.answer(context, answer);
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

  private void enlarge(Context context) {
    Fields fields = Fields.read(context, offer.limits().bodyBytes());
    for (String name : new String[] {"gfpgan_visibility", "codeformer_visibility"}) {
      if (fields.number(name).orElse(0) != 0) {
        throw new Refusal(422, "field '%s' asks for what is not here".formatted(name));
      }
    }
    String text = fields.name("image").orElseThrow(() -> new Refusal(404, "Image not found"));
    Picture picture = offer.pictures().picture("image", text, offer.limits().pixels());
    int width;
    int height;
    if (fields.whole("resize_mode", 0) == 1) {
      width = fields.whole("upscaling_resize_w", 512);
      height = fields.whole("upscaling_resize_h", 512);
    } else {
      double scale = fields.number("upscaling_resize").orElse(2);
      if (!(scale > 0 && scale <= 8)) {
        throw new Refusal(422, "field 'upscaling_resize' must be above 0 and at most 8: " + scale);
      }
      width = (int) Math.max(1, picture.width() * scale);
      height = (int) Math.max(1, picture.height() * scale);
    }
    if (width < 1 || height < 1) {
      throw new Refusal(422, "the size must be at least 1x1: %sx%s".formatted(width, height));
    }
    Pictures.requirePixels("size", width, height, offer.limits().pixels());
    boolean crop = fields.whole("resize_mode", 0) == 1 && fields.flag("upscaling_crop", true);
    double visibility = fields.number("extras_upscaler_2_visibility").orElse(0);
    if (!(visibility >= 0 && visibility <= 1)) {
      throw new Refusal(
          422, "field 'extras_upscaler_2_visibility' must be from 0 to 1: " + visibility);
    }
    Target target = new Target(width, height, crop);
    Picture first = target.of(by(fields.name("upscaler_1").orElse("None"), picture, target));
    if (visibility > 0) {
      String name = fields.name("upscaler_2").orElse("None");
      first = blended(first, target.of(by(name, picture, target)), visibility);
    }
    ObjectNode answer = Fields.object();
    answer.put("html_info", "");
    answer.put("image", Pictures.base64(Pictures.png(first.toBufferedImage())));
    Listings.answer(context, answer);
  }

  private Picture by(String name, Picture picture, Target target) {
    Path file = offer.upscalers().get(name);
    if (file == null) {
      return switch (name) {
        case "None", "Lanczos" -> picture;
        case "Nearest" -> target.nearest(picture);
        default ->
            throw new Refusal(
                422,
                "there is no upscaler '%s'; there are None, Lanczos, Nearest and %s"
                    .formatted(name, offer.upscalers().keySet()));
      };
    }
    enlarging.lock();
    try (UpscalerNetwork network = UpscalerNetwork.open(file)) {
      Pictures.requirePixels(
          "picture enlarged by '" + name + "'",
          (double) picture.width() * network.factor(),
          (double) picture.height() * network.factor(),
          4 * offer.limits().pixels());
      return network.upscale(picture);
    } finally {
      enlarging.unlock();
    }
  }

  private static Picture blended(Picture first, Picture second, double share) {
    byte[] of = first.rgb();
    byte[] with = second.rgb();
    for (int i = 0; i < of.length; i++) {
      of[i] = (byte) Math.round((of[i] & 0xff) * (1 - share) + (with[i] & 0xff) * share);
    }
    return Picture.of(first.width(), first.height(), of);
  }

  /** The size that is wanted; other proportions are stretched, or cut at the edges. */
  private record Target(int width, int height, boolean crop) {
    Picture of(Picture picture) {
      if (!crop) {
        return same(picture, width, height) ? picture : picture.resized(width, height);
      }
      double scale = Math.max((double) width / picture.width(), (double) height / picture.height());
      int wide = Math.max(width, (int) Math.round(picture.width() * scale));
      int high = Math.max(height, (int) Math.round(picture.height() * scale));
      Picture covering = same(picture, wide, high) ? picture : picture.resized(wide, high);
      BufferedImage cut =
          covering
              .toBufferedImage()
              .getSubimage((wide - width) / 2, (high - height) / 2, width, height);
      return Picture.of(cut);
    }

    private static boolean same(Picture picture, int width, int height) {
      return picture.width() == width && picture.height() == height;
    }

    /** Enlarged by whole pixels, which {@link #of} then leaves as they are or fits. */
    Picture nearest(Picture picture) {
      byte[] from = picture.rgb();
      byte[] to = new byte[3 * width * height];
      for (int y = 0; y < height; y++) {
        int row = (int) ((long) y * picture.height() / height);
        for (int x = 0; x < width; x++) {
          int column = (int) ((long) x * picture.width() / width);
          System.arraycopy(from, 3 * (row * picture.width() + column), to, 3 * (y * width + x), 3);
        }
      }
      return Picture.of(width, height, to);
    }
  }
}
