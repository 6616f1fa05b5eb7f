package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a request as a job keeps them, with the seed that was used, so that it can be
 * repeated.
 */
public final class StoredRequest {
  /** Longer strings are base64 images, except in {@link #TEXTS}. */
  private static final int LONGEST_TEXT = 20_000;

  private static final Set<String> TEXTS =
      Set.of(
          "prompt",
          "negative_prompt",
          "hr_prompt",
          "hr_negative_prompt",
          "negativePrompt",
          "ad_prompt",
          "ad_negative_prompt",
          "sample_prompt",
          "infotext");

  private StoredRequest() {}

  /**
   * Checks how much of a request would be kept.
   *
   * @param most the limit of characters of its JSON without images
   * @throws IllegalArgumentException if the request exceeds the limit
   */
  public static void requireShort(Fields fields, int most) {
    long length = length(fields.node());
    if (length > most) {
      throw new IllegalArgumentException(
          "the request has %s characters without its images; the limit is %s"
              .formatted(length, most));
    }
  }

  /** Returns the length as JSON without images, escapes and whitespace. */
  private static long length(JsonNode node) {
    long length = 2;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      length += field.getKey().length() + 4L;
      length += isImage(field.getKey(), field.getValue()) ? 0 : length(field.getValue());
    }
    for (JsonNode element : node.isArray() ? node : Fields.array()) {
      length += isImage("", element) ? 0 : 1 + length(element);
    }
    return length + node.asText().length();
  }

  /**
   * Returns the fields as they were sent, without embedded images.
   *
   * @param read the request read from the fields, with a seed
   */
  public static ObjectNode of(Fields fields, PromptSpec read) {
    ObjectNode settings = of(fields);
    read.seed().ifPresent(seed -> settings.put("seed", seed));
    read.variation().seed().ifPresent(seed -> settings.put("subseed", seed));
    return settings;
  }

  /** Returns the fields as they were sent, without embedded images. */
  public static ObjectNode of(Fields fields) {
    ObjectNode settings = fields.node().deepCopy();
    withoutImages(settings);
    return settings;
  }

  /**
   * Converts the fields of an API with other defaults to those of {@code /api/jobs}.
   *
   * @return the fields with references to images but without embedded images
   */
  public static ObjectNode translated(Fields fields, PromptSpec read, RequestContext context) {
    ObjectNode settings = new DrawingWriter(context).fields(read);
    for (String name :
        List.of("init_images", "mask", "reference_images", "alwayson_scripts", "save_images")) {
      if (fields.has(name)) {
        settings.set(name, fields.node().get(name).deepCopy());
      }
    }
    // The writer has written the passes of this script.
    if (settings.path("alwayson_scripts") instanceof ObjectNode scripts) {
      Fields.of(scripts).names().stream().filter(DetailerScript::isTheirs).forEach(scripts::remove);
      if (scripts.isEmpty()) {
        settings.remove("alwayson_scripts");
      }
    }
    withoutImages(settings);
    return settings;
  }

  private static void withoutImages(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      names.stream().filter(name -> isImage(name, object.get(name))).forEach(object::remove);
    } else if (node instanceof ArrayNode array) {
      for (int i = array.size() - 1; i >= 0; i--) {
        if (isImage("", array.get(i))) {
          array.remove(i);
        }
      }
    }
    node.forEach(StoredRequest::withoutImages);
  }

  private static boolean isImage(String name, JsonNode node) {
    return node.isTextual()
        && !TEXTS.contains(name)
        && (node.textValue().length() > LONGEST_TEXT || node.textValue().startsWith("data:"));
  }
}
