package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a request asked for, as a job keeps it: to be asked again, with the seed that it got. */
public final class StoredRequest {
  /** Longer texts are images in base64, except in {@link #TEXTS}. */
  private static final int LONGEST_TEXT = 20_000;

  private static final Set<String> TEXTS =
      Set.of(
          "prompt",
          "negative_prompt",
          "hr_prompt",
          "hr_negative_prompt",
          "sample_prompt",
          "infotext");

  private StoredRequest() {}

  /**
   * Refuses a request of which too much would be kept.
   *
   * @param most characters of its JSON without images
   * @throws IllegalArgumentException if it has more
   */
  public static void requireShort(Fields fields, int most) {
    long length = length(fields.node());
    if (length > most) {
      throw new IllegalArgumentException(
          "the request has %s characters without its images; at most %s are taken"
              .formatted(length, most));
    }
  }

  /** Characters as JSON, but for escapes, spaces and what images are. */
  private static long length(JsonNode node) {
    long length = 2;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      length += field.getKey().length() + 4L;
      length += isPicture(field.getKey(), field.getValue()) ? 0 : length(field.getValue());
    }
    for (JsonNode element : node.isArray() ? node : Fields.array()) {
      length += isPicture("", element) ? 0 : 1 + length(element);
    }
    return length + node.asText().length();
  }

  /**
   * The fields as they were sent.
   *
   * @param read what they were read as, with a seed
   * @return without the images that stood in them
   */
  public static ObjectNode of(Fields fields, PromptSpec read) {
    ObjectNode settings = fields.node().deepCopy();
    withoutPictures(settings);
    read.seed().ifPresent(seed -> settings.put("seed", seed));
    read.variation().seed().ifPresent(seed -> settings.put("subseed", seed));
    return settings;
  }

  /**
   * The fields of an interface with other defaults, as those of {@code /api/jobs}.
   *
   * @return with the images that are named, without those that stood in the fields
   */
  public static ObjectNode translated(Fields fields, PromptSpec read, RequestContext offer) {
    ObjectNode settings = new DrawingWriter(offer).fields(read);
    for (String name : List.of("init_images", "mask", "alwayson_scripts", "save_images")) {
      if (fields.has(name)) {
        settings.set(name, fields.node().get(name).deepCopy());
      }
    }
    withoutPictures(settings);
    return settings;
  }

  private static void withoutPictures(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      names.stream().filter(name -> isPicture(name, object.get(name))).forEach(object::remove);
    } else if (node instanceof ArrayNode array) {
      for (int i = array.size() - 1; i >= 0; i--) {
        if (isPicture("", array.get(i))) {
          array.remove(i);
        }
      }
    }
    node.forEach(StoredRequest::withoutPictures);
  }

  private static boolean isPicture(String name, JsonNode node) {
    return node.isTextual()
        && !TEXTS.contains(name)
        && (node.textValue().length() > LONGEST_TEXT || node.textValue().startsWith("data:"));
  }
}
