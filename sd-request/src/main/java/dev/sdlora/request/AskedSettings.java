package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import java.util.ArrayList;
import java.util.List;

/** What a request asked for, as a job keeps it: to be asked again, with the seed that it got. */
public final class AskedSettings {
  /** Longer texts are pictures in base64. */
  private static final int LONGEST_TEXT = 20_000;

  private AskedSettings() {}

  /**
   * The fields as they were sent.
   *
   * @param read what they were read as, with a seed
   * @return without the pictures that stood in them
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
   * @return with the pictures that are named, without those that stood in the fields
   */
  public static ObjectNode translated(Fields fields, PromptSpec read, Offer offer) {
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
      names.stream().filter(name -> isPicture(object.get(name))).forEach(object::remove);
    } else if (node instanceof ArrayNode array) {
      for (int i = array.size() - 1; i >= 0; i--) {
        if (isPicture(array.get(i))) {
          array.remove(i);
        }
      }
    }
    node.forEach(AskedSettings::withoutPictures);
  }

  private static boolean isPicture(JsonNode node) {
    return node.isTextual()
        && (node.textValue().length() > LONGEST_TEXT || node.textValue().startsWith("data:"));
  }
}
