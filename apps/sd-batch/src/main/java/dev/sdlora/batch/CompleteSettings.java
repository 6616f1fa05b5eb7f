package dev.sdlora.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.json.Fields;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Completes the settings of a request and writes them in canonical form, so that each image has its
 * own settings that always create the same image. Missing seeds are derived from the other
 * settings; image i of a request has the first seed plus i, as if all images were drawn at once.
 */
final class CompleteSettings {
  private static final long UNSIGNED = 0xffff_ffffL;

  private final ObjectNode settings;

  private CompleteSettings(ObjectNode settings) {
    this.settings = settings;
  }

  /**
   * Returns the settings of each image of a request.
   *
   * @param expanded settings without lists of values; modified
   * @param mostImages the limit of images
   * @return canonical settings, one for each image, created lazily
   * @throws IllegalArgumentException if a size, a seed or the number of images is invalid
   */
  static Stream<ObjectNode> images(ObjectNode expanded, int mostImages) {
    return new CompleteSettings(expanded).images(mostImages);
  }

  private Stream<ObjectNode> images(int most) {
    splitSize();
    moveToOverrides("clip_skip", "CLIP_stop_at_last_layers");
    moveToOverrides("rng", "randn_source");
    oneSpellingOfLoras();
    imageFiles();
    int images = takeImages(most);
    OptionalLong seed = takeSeed("seed", "Seed", images);
    boolean varied = !settings.path("subseed_strength").asText("0").matches("0?(\\.0*)?");
    OptionalLong subseed = takeSeed("subseed", "Variation seed", images);
    // Derive missing seeds from the given settings.
    String text = Fields.text(CanonicalJson.canonical(settings));
    ByteBuffer chance = ByteBuffer.wrap(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    long firstSeed = seed.orElse(chance.getInt() & UNSIGNED);
    long firstSubseed = subseed.orElse(chance.getInt() & UNSIGNED);
    boolean withSubseed = varied || subseed.isPresent();
    return IntStream.range(0, images)
        .mapToObj(
            i -> {
              ObjectNode image = settings.deepCopy();
              image.put("seed", firstSeed + i);
              if (withSubseed) {
                image.put("subseed", firstSubseed + i);
              }
              return (ObjectNode) CanonicalJson.canonical(image);
            });
  }

  /** Splits a size; width and height override the size, which may come from the defaults. */
  private void splitSize() {
    JsonNode size = settings.remove("size");
    if (size == null || size.isNull()) {
      return;
    }
    ImageSize both = ImageSize.parse(size.asText());
    if (!settings.hasNonNull("width")) {
      settings.put("width", both.width());
    }
    if (!settings.hasNonNull("height")) {
      settings.put("height", both.height());
    }
  }

  private void moveToOverrides(String name, String option) {
    JsonNode value = settings.remove(name);
    if (value == null || value.isNull()) {
      return;
    }
    if (!(settings.path("override_settings") instanceof ObjectNode)) {
      settings.set("override_settings", Fields.object());
    }
    ((ObjectNode) settings.path("override_settings")).set(option, value);
  }

  /** Writes each LoRA as an object with {@code path} and {@code multiplier}. */
  private void oneSpellingOfLoras() {
    JsonNode written = settings.path("lora");
    if (written.isMissingNode() || written.isNull()) {
      return;
    }
    ArrayNode spelled = Fields.array();
    for (JsonNode lora : written instanceof ArrayNode list ? list : Fields.array().add(written)) {
      spelled.add(oneSpelling(lora));
    }
    if (spelled.isEmpty()) {
      settings.remove("lora");
    } else {
      settings.set("lora", spelled);
    }
  }

  private static ObjectNode oneSpelling(JsonNode lora) {
    if (lora.isTextual()) {
      return Fields.object().put("path", lora.textValue()).put("multiplier", 1);
    }
    if (!(lora instanceof ObjectNode object)) {
      throw new IllegalArgumentException(
          "each LoRA must be a name, or an object with 'path' and 'multiplier': " + lora);
    }
    ObjectNode spelled = Fields.object();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name =
          switch (field.getKey()) {
            case "name", "path" -> "path";
            case "weight", "strength", "multiplier" -> "multiplier";
            default ->
                throw new IllegalArgumentException(
                    "a LoRA has unknown field '%s'; expected 'path' and 'multiplier'"
                        .formatted(field.getKey()));
          };
      spelled.set(name, field.getValue());
    }
    if (!spelled.path("path").isTextual()) {
      throw new IllegalArgumentException("each LoRA must have a 'path': " + lora);
    }
    if (!spelled.hasNonNull("multiplier")) {
      spelled.put("multiplier", 1);
    }
    return spelled;
  }

  /** Converts paths of images to file references. */
  private void imageFiles() {
    imageList("init_images");
    imageList("reference_images");
    imageFile(settings, "mask");
    settings
        .path("masks")
        .fieldNames()
        .forEachRemaining(name -> imageFile(settings.path("masks"), name));
    for (JsonNode script : settings.path("alwayson_scripts")) {
      for (JsonNode unit : script.path("args")) {
        imageFile(unit, "image");
        imageFile(unit, "input_image");
      }
    }
  }

  private void imageList(String name) {
    JsonNode images = settings.path(name);
    if (images.isTextual()) {
      settings.putArray(name).add(ImageReferences.reference(images.textValue()));
    } else if (images instanceof ArrayNode list) {
      ArrayNode references = Fields.array();
      list.forEach(
          image ->
              references.add(
                  image.isTextual()
                      ? TextNode.valueOf(ImageReferences.reference(image.textValue()))
                      : image));
      settings.set(name, references);
    }
  }

  private static void imageFile(JsonNode node, String name) {
    if (node instanceof ObjectNode object && object.path(name).isTextual()) {
      object.put(name, ImageReferences.reference(object.path(name).textValue()));
    }
  }

  private int takeImages(int most) {
    long images = 1;
    for (String name : List.of("images", "batch_size", "n_iter")) {
      JsonNode count = settings.remove(name);
      if (count != null && !count.isNull()) {
        long factor = whole(name, count);
        if (factor < 1 || factor > most) {
          throw new IllegalArgumentException(
              "'%s' must be from 1 to %s: %s".formatted(name, most, factor));
        }
        images *= factor;
      }
    }
    if (images > most) {
      throw new IllegalArgumentException(
          "it requests %s images; the limit of one line is %s".formatted(images, most));
    }
    return (int) images;
  }

  /** Removes and returns a seed of the request, or of the infotext it starts from. */
  private OptionalLong takeSeed(String name, String key, int images) {
    JsonNode written = settings.remove(name);
    if (written != null && !written.isNull()) {
      long seed = whole(name, written);
      if (seed < -1 && seed + images > -1) {
        throw new IllegalArgumentException(
            "'%s' %s with %s images counts up to -1, which means a random seed"
                .formatted(name, seed, images));
      }
      return seed == -1 ? OptionalLong.empty() : OptionalLong.of(seed);
    }
    Matcher matcher =
        Pattern.compile("(?m)(?:^|, )" + key + ": (\\d{1,18})\\b")
            .matcher(settings.path("infotext").asText(""));
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  private static long whole(String name, JsonNode value) {
    try {
      if (value.isNumber() || value.isTextual()) {
        return new BigDecimal(value.asText().strip()).longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(notWhole(name, value), e);
    }
    throw new IllegalArgumentException(notWhole(name, value));
  }

  private static String notWhole(String name, JsonNode value) {
    return "'%s' must be a whole number: %s".formatted(name, value);
  }
}
