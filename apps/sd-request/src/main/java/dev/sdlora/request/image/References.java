package dev.sdlora.request.image;

import dev.sdlora.api.image.Image;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Images in fields: a base64-encoded file or a reference to an image on the server, such as {@code
 * picture:ID} or {@code job:ID/0}.
 */
public final class References {
  /** Excludes URLs, for which {@link Base64Images} has its own errors. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?!data:|https?:)(\\w{1,12}):(.{0,300})");

  private final Map<String, ImageLookup> sources;

  /**
   * Creates references of several kinds.
   *
   * @param sources the kinds, by the prefix before the colon
   */
  public References(Map<String, ImageLookup> sources) {
    this.sources = new TreeMap<>(sources);
  }

  /**
   * Returns the bytes of an image file.
   *
   * @param field the name of the field, for error messages
   * @throws IllegalArgumentException if the image does not exist, or the text is neither a
   *     reference nor base64
   */
  public byte[] bytes(String field, String text) {
    Matcher reference = REFERENCE.matcher(text);
    if (!reference.matches()) {
      return Base64Images.bytes(field, text);
    }
    if (!sources.containsKey(reference.group(1))) {
      throw new IllegalArgumentException(
          "field '%s' must be a base64 image or a reference that begins with %s: '%s'"
              .formatted(field, String.join(":, ", sources.keySet()) + ":", text));
    }
    return sources
        .get(reference.group(1))
        .find(reference.group(2))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "field '%s' names the image '%s', which does not exist; the server may have dropped it to make room for others"
                        .formatted(field, text)));
  }

  /** Returns these references and those of another kind. */
  public References with(String prefix, ImageLookup source) {
    Map<String, ImageLookup> all = new TreeMap<>(sources);
    all.put(prefix, source);
    return new References(all);
  }

  /** Whether a text is a reference to an image. */
  public boolean isReference(String text) {
    return REFERENCE.matcher(text).matches();
  }

  /**
   * Returns the image that a text contains or refers to.
   *
   * @throws IllegalArgumentException as {@link #bytes}
   * @throws dev.sdlora.api.error.ResourceException if the size in its header exceeds the limit
   * @throws dev.sdlora.api.error.ImageFileException if the file is damaged or of an unknown format
   */
  public Image image(String field, String text, long maxPixels) {
    return Base64Images.read(field, bytes(field, text), maxPixels);
  }
}
