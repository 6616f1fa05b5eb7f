package dev.sdlora.request;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import java.awt.Color;
import java.util.Optional;

/**
 * The images of one request, decoded as long as they do not exceed its limits together. What counts
 * is the size in a file's header, before its pixels are decoded.
 */
final class RequestImages {
  private final RequestContext offer;
  private long pixels;

  RequestImages(RequestContext offer) {
    this.offer = offer;
  }

  /**
   * Decodes the image that a field is or names.
   *
   * @throws ResourceException if it has too many pixels, alone or with those before it
   */
  Image image(String field, String text) {
    return image(field, text, Optional.empty());
  }

  /**
   * Decodes the image that a field is or names.
   *
   * @param background the color behind transparent places; empty for white
   * @throws ResourceException if it has too many pixels, alone or with those before it
   */
  Image image(String field, String text, Optional<Color> background) {
    RequestLimits limits = offer.limits();
    byte[] file = offer.images().bytes(field, text);
    pixels += Base64Images.requireSize(field, file, limits.pixels());
    long most = limits.inputPixels();
    if (pixels > most) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "the images up to field '%s' have %s pixels together; at most %s are taken"
              .formatted(field, pixels, most),
          pixels,
          most);
    }
    return background
        .flatMap(color -> Background.behind(file, color))
        .orElseGet(() -> Base64Images.decoded(file));
  }
}
