package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sdlora.api.value.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request from which the same images can be drawn elsewhere and later.
 *
 * @param fields the fields, in which each image that was read stands as {@code stored:SHA256}.
 *     Images in other fields are missing
 * @param images the files of the images, by their SHA-256 in 64 hexadecimal digits
 */
public record WholeRequest(ObjectNode fields, Map<String, byte[]> images) {
  /** The kind of the references. */
  public static final String STORED = "stored";

  /**
   * Collects the images of fields.
   *
   * @param fields fields that were read; the images that were not read are not looked up
   * @param references finds the images
   * @throws IllegalArgumentException if an image is gone since it was read
   */
  static WholeRequest of(Fields fields, References references) {
    ObjectNode copy = fields.node().deepCopy();
    Map<String, byte[]> images = new TreeMap<>();
    new Collector(fields, references, images).collect(copy);
    return new WholeRequest(copy, images);
  }

  /** Returns other fields with the same images. */
  public WholeRequest with(ObjectNode others) {
    return new WholeRequest(others, images);
  }

  private record Collector(Fields fields, References references, Map<String, byte[]> images) {
    void collect(JsonNode node) {
      if (node instanceof ObjectNode object) {
        for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
          stored(field.getKey(), field.getValue())
              .ifPresent(text -> object.put(field.getKey(), text));
        }
      } else if (node instanceof ArrayNode array) {
        for (int i = 0; i < array.size(); i++) {
          Optional<String> text = stored("", array.get(i));
          if (text.isPresent()) {
            array.set(i, TextNode.valueOf(text.get()));
          }
        }
      }
      StoredRequest.removeImages(node);
      List<JsonNode> inner = new ArrayList<>();
      node.forEach(inner::add);
      inner.forEach(this::collect);
    }

    private Optional<String> stored(String field, JsonNode node) {
      if (!node.isTextual()
          || StoredRequest.isText(field)
          || !fields.hasReadImage(node.textValue())) {
        return Optional.empty();
      }
      byte[] file = references.bytes(field, node.textValue());
      String hash = Sha256.hex(file, 32);
      images.put(hash, file);
      return Optional.of(STORED + ":" + hash);
    }
  }
}
