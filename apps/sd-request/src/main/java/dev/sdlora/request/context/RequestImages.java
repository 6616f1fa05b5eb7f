package dev.sdlora.request.context;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.image.Background;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import java.awt.Color;
import java.util.Optional;

/**
 * Decodes the images of one request up to a common limit. The limit is checked against the size in
 * each file's header before its pixels are decoded.
 */
public final class RequestImages {
  private final RequestContext context;
  private final Fields fields;
  private long pixels;
  private long bytes;

  /**
   * Creates a decoder.
   *
   * @param fields the request, which remembers what was read
   */
  public RequestImages(RequestContext context, Fields fields) {
    this.context = context;
    this.fields = fields;
  }

  /**
   * Decodes the image that a field contains or refers to.
   *
   * @throws ResourceException if it has too many pixels, or too many bytes together with the
   *     previous images
   */
  public Image image(String field, String text) {
    return image(field, text, Optional.empty());
  }

  /**
   * Decodes the image that a field contains or refers to.
   *
   * @param background the color behind transparent areas; empty for white
   * @throws ResourceException if it has too many pixels, alone or together with the previous images
   */
  public Image image(String field, String text, Optional<Color> background) {
    RequestLimits limits = context.limits();
    byte[] file = context.images().bytes(field, text);
    requireBytes(field, text, file.length);
    pixels += Base64Images.requireSize(field, file, limits.pixels());
    long most = limits.inputPixels();
    if (pixels > most) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "the images up to field '%s' have %s pixels in total; the limit is %s"
              .formatted(field, pixels, most),
          pixels,
          most);
    }
    return background
        .flatMap(color -> Background.behind(file, color))
        .orElseGet(() -> Base64Images.decoded(file));
  }

  /** A file of many bytes can have few pixels; an image that is named twice counts once. */
  private void requireBytes(String field, String text, int length) {
    bytes += fields.readsImage(text) ? length : 0;
    long most = context.limits().bytes();
    if (bytes > most) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "the images up to field '%s' have %s bytes in total; the limit of a request is %s"
              .formatted(field, bytes, most),
          bytes,
          most);
    }
  }
}
