package dev.sdlora.request;

import dev.sdlora.api.image.Image;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Base64Images as fields have them: the bytes of a file in base64, or a reference to one that is
 * here, such as {@code picture:ID} or {@code job:ID/0}.
 */
public final class References {
  /** Not those addresses of which others have something to say. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?!data:|https?:)(\\w{1,12}):(.{0,300})");

  private final Map<String, ImageLookup> sources;

  /**
   * References of some kinds.
   *
   * @param sources by what stands before the colon
   */
  public References(Map<String, ImageLookup> sources) {
    this.sources = new TreeMap<>(sources);
  }

  /**
   * The bytes of an image's file.
   *
   * @param field for what is told of mistakes
   * @throws IllegalArgumentException if there is no such image, or the text is neither a reference
   *     nor base64
   */
  public byte[] bytes(String field, String text) {
    Matcher reference = REFERENCE.matcher(text);
    if (!reference.matches()) {
      return Base64Images.bytes(field, text);
    }
    if (!sources.containsKey(reference.group(1))) {
      throw new IllegalArgumentException(
          "field '%s' must have a picture in base64 or name one by %s: '%s'"
              .formatted(field, String.join(":, ", sources.keySet()) + ":", text));
    }
    return sources
        .get(reference.group(1))
        .find(reference.group(2))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "field '%s' names the picture '%s', which is not here; it may have made room for others"
                        .formatted(field, text)));
  }

  /** Whether a text names an image rather than being one. */
  public boolean isReference(String text) {
    return REFERENCE.matcher(text).matches();
  }

  /**
   * The image that a text is or names.
   *
   * @throws IllegalArgumentException as {@link #bytes}
   * @throws dev.sdlora.api.error.ResourceException if its header says that it has more pixels than
   *     are taken
   * @throws dev.sdlora.api.error.ImageFileException if it is damaged or of an unknown format
   */
  public Image image(String field, String text, long maxPixels) {
    return Base64Images.read(field, bytes(field, text), maxPixels);
  }
}
