package dev.sdlora.tensors.file.quantised;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.SettingsJson;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The description of a quantised layer as ComfyUI writes it: JSON in a tensor {@code
 * x.comfy_quant}, or for all layers in the metadata of the file.
 *
 * @param place the tensor or the key of the metadata, for messages
 * @param format the name of the format
 * @param group the number of neighbouring inputs that are rotated together; 1 if none are
 */
record LayerNote(String place, String format, int group) {
  /** The key of the metadata. */
  static final String METADATA = "_quantization_metadata";

  /** The last part of the name of the tensor. */
  static final String TENSOR = "comfy_quant";

  /** The maximum length of the metadata; those of FLUX.1 with 300 layers have 20 KB. */
  private static final int MAX_METADATA = 1 << 20;

  private static final String ROTATION = "convrot";
  private static final String ROTATED_INPUTS = "convrot_groupsize";
  private static final int USUAL_GROUP = 256;
  private static final int MAX_GROUP = 1 << 10;

  /**
   * Parses the content of a tensor.
   *
   * @throws dev.sdlora.api.error.TensorFileException if it is not such a description
   */
  static LayerNote parse(Path path, String tensor, byte[] text) {
    JsonNode json = json(path, tensor, new String(text, StandardCharsets.UTF_8));
    return note(path, tensor, json);
  }

  /**
   * Parses the metadata of a file.
   *
   * @return the descriptions by the names of the layers
   * @throws dev.sdlora.api.error.TensorFileException if these are not such descriptions
   */
  static Map<String, LayerNote> parseAll(Path path, String metadata) {
    if (metadata.length() > MAX_METADATA) {
      throw TensorFileErrors.error(
          path,
          "has '%s' of %s characters, expected at most %s"
              .formatted(METADATA, metadata.length(), MAX_METADATA));
    }
    JsonNode layers = json(path, METADATA, metadata).path("layers");
    if (!layers.isObject()) {
      throw TensorFileErrors.error(path, "has '%s' without an object 'layers'".formatted(METADATA));
    }
    Map<String, LayerNote> notes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> layer : layers.properties()) {
      Cancellation.check();
      notes.put(layer.getKey(), note(path, METADATA + "." + layer.getKey(), layer.getValue()));
    }
    return notes;
  }

  private static JsonNode json(Path path, String place, String text) {
    try {
      return SettingsJson.parse(text);
    } catch (JsonProcessingException e) {
      throw TensorFileErrors.error(
          path, "has '%s' that is not JSON: %s".formatted(place, SettingsJson.reason(e)), e);
    }
  }

  private static LayerNote note(Path path, String place, JsonNode json) {
    JsonNode format = json.path("format");
    if (!format.isTextual()) {
      throw TensorFileErrors.error(
          path, "has '%s' without the name of a format: %s".formatted(place, shortened(json)));
    }
    return new LayerNote(place, format.textValue(), group(path, place, json));
  }

  private static int group(Path path, String place, JsonNode json) {
    JsonNode rotated = inside(json, ROTATION);
    if (rotated.isMissingNode() || (rotated.isBoolean() && !rotated.booleanValue())) {
      return 1;
    }
    JsonNode group = inside(json, ROTATED_INPUTS);
    int inputs = group.isMissingNode() ? USUAL_GROUP : group.isInt() ? group.intValue() : 0;
    boolean powerOfFour =
        inputs > 1
            && Integer.bitCount(inputs) == 1
            && Integer.numberOfTrailingZeros(inputs) % 2 == 0;
    if (!rotated.isBoolean() || !powerOfFour || inputs > MAX_GROUP) {
      throw TensorFileErrors.error(
          path,
          "has '%s' with %s %s and %s %s, expected true or false and a power of 4 up to %s"
              .formatted(
                  place,
                  ROTATION,
                  shortened(rotated),
                  ROTATED_INPUTS,
                  shortened(group),
                  MAX_GROUP));
    }
    return inputs;
  }

  /** Returns a value of the description or of its parameters. */
  private static JsonNode inside(JsonNode json, String key) {
    JsonNode value = json.path(key);
    return value.isMissingNode() ? json.path("params").path(key) : value;
  }

  private static String shortened(JsonNode json) {
    String text = json.isMissingNode() ? "missing" : json.toString();
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
