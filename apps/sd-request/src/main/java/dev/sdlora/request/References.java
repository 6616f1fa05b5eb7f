package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sdlora.api.image.Image;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * Returns fields in which the images that references name stand as base64, so that they can be
   * read elsewhere and later. References to images that do not exist stay as they are.
   */
  ObjectNode inlined(ObjectNode fields) {
    ObjectNode copy = fields.deepCopy();
    inline(copy);
    return copy;
  }

  private void inline(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
        image(field.getKey(), field.getValue())
            .ifPresent(image -> object.put(field.getKey(), image));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        Optional<String> image = image("", array.get(i));
        if (image.isPresent()) {
          array.set(i, TextNode.valueOf(image.get()));
        }
      }
    }
    node.forEach(this::inline);
  }

  private Optional<String> image(String field, JsonNode node) {
    Matcher reference = REFERENCE.matcher(node.isTextual() ? node.textValue() : "");
    return StoredRequest.isText(field) || !reference.matches()
        ? Optional.empty()
        : Optional.ofNullable(sources.get(reference.group(1)))
            .flatMap(source -> source.find(reference.group(2)))
            .map(Base64Images::base64);
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
