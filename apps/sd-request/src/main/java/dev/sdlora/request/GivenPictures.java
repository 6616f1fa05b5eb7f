package dev.sdlora.request;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Picture;
import java.awt.Color;
import java.util.Optional;

/**
 * The images of one request, decoded as long as they do not exceed its limits together. What counts
 * is the size in a file's header, before its pixels are decoded.
 */
final class GivenPictures {
  private final RequestContext offer;
  private long pixels;

  GivenPictures(RequestContext offer) {
    this.offer = offer;
  }

  /**
   * Decodes the image that a field is or names.
   *
   * @throws ResourceException if it has too many pixels, alone or with those before it
   */
  Picture picture(String field, String text) {
    return picture(field, text, Optional.empty());
  }

  /**
   * Decodes the image that a field is or names.
   *
   * @param background the color behind transparent places; empty for white
   * @throws ResourceException if it has too many pixels, alone or with those before it
   */
  Picture picture(String field, String text, Optional<Color> background) {
    RequestLimits limits = offer.limits();
    byte[] file = offer.pictures().bytes(field, text);
    pixels += Pictures.requireSize(field, file, limits.pixels());
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
        .orElseGet(() -> Pictures.decoded(file));
  }
}
