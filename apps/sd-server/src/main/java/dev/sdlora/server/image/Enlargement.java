package dev.sdlora.server.image;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

/**
 * The target size of an upscaled image, by the fields of A1111's {@code extra-single-image}.
 *
 * @param crop whether another aspect ratio is cropped rather than stretched
 */
public record Enlargement(int width, int height, boolean crop) {
  /**
   * Reads the size for an image.
   *
   * @throws Refusal if it is out of range, or larger than the server allows
   */
  public static Enlargement read(Fields fields, Image image, RequestContext requestContext) {
    boolean bySize = fields.whole("resize_mode", 0) == 1;
    int width;
    int height;
    if (bySize) {
      width = fields.whole("upscaling_resize_w", 512);
      height = fields.whole("upscaling_resize_h", 512);
    } else {
      double scale = fields.number("upscaling_resize").orElse(2);
      if (!(scale > 0 && scale <= 8)) {
        throw new Refusal(422, "field 'upscaling_resize' must be above 0 and at most 8: " + scale);
      }
      width = (int) Math.max(1, image.width() * scale);
      height = (int) Math.max(1, image.height() * scale);
    }
    if (width < 1 || height < 1) {
      throw new Refusal(422, "the size must be at least 1x1: %sx%s".formatted(width, height));
    }
    Base64Images.requirePixels("size", width, height, requestContext.limits().pixels());
    return new Enlargement(width, height, bySize && fields.flag("upscaling_crop", true));
  }

  /**
   * Throws if no upscaler has this name.
   *
   * @return the name
   */
  public static String requireUpscaler(String name, RequestContext requestContext) {
    List<String> names =
        Stream.concat(
                Stream.of("None", "Lanczos", "Nearest"),
                requestContext.upscalers().keySet().stream())
            .toList();
    if (!names.contains(name)) {
      throw new Refusal(
          422,
          "there is no upscaler '%s'; available: %s%s"
              .formatted(name, String.join(", ", names), Nearest.question(name, names)));
    }
    return name;
  }

  /**
   * Upscales an image.
   *
   * @param upscaler the name of an available upscaler
   * @param progress receives the share that a network has done
   */
  public Image of(
      Image image, String upscaler, RequestContext requestContext, DoubleConsumer progress) {
    Path file = requestContext.upscalers().get(requireUpscaler(upscaler, requestContext));
    if (file != null) {
      return fitted(byNetwork(image, file, requestContext, progress));
    }
    return fitted(upscaler.equals("Nearest") ? nearest(image) : image);
  }

  private static Image byNetwork(
      Image image, Path file, RequestContext requestContext, DoubleConsumer progress) {
    try (UpscalerNetwork network = UpscalerNetwork.open(file)) {
      Base64Images.requirePixels(
          "image upscaled by " + network.name(),
          (double) image.width() * network.factor(),
          (double) image.height() * network.factor(),
          4 * requestContext.limits().pixels());
      return network.upscale(image, progress);
    }
  }

  private Image fitted(Image image) {
    if (!crop) {
      return same(image, width, height) ? image : image.resized(width, height);
    }
    double scale = Math.max((double) width / image.width(), (double) height / image.height());
    int wide = Math.max(width, (int) Math.round(image.width() * scale));
    int high = Math.max(height, (int) Math.round(image.height() * scale));
    Image covering = same(image, wide, high) ? image : image.resized(wide, high);
    BufferedImage cut =
        covering
            .toBufferedImage()
            .getSubimage((wide - width) / 2, (high - height) / 2, width, height);
    return Image.of(cut);
  }

  private static boolean same(Image image, int width, int height) {
    return image.width() == width && image.height() == height;
  }

  /** Upscales to the nearest pixel. */
  private Image nearest(Image image) {
    byte[] from = image.rgb();
    byte[] to = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      int row = (int) ((long) y * image.height() / height);
      for (int x = 0; x < width; x++) {
        int column = (int) ((long) x * image.width() / width);
        System.arraycopy(from, 3 * (row * image.width() + column), to, 3 * (y * width + x), 3);
      }
    }
    return Image.of(width, height, to);
  }
}
