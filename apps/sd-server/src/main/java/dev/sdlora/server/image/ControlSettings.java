package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.UnionType;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The settings of ControlNet units in the text of an image, as A1111's extension writes them:
 * {@code ControlNet 0: "Module: canny, Model: edges, Weight: 1, …"}.
 */
final class ControlSettings {
  private static final int MOST_UNITS = 10;

  /** The beginning of the modules of IP-Adapters. */
  private static final String IMAGE_PROMPT = "ip-adapter";

  private static final List<String> NUMBERS =
      List.of(
          "Weight",
          "Guidance Start",
          "Guidance End",
          "Processor Res",
          "Threshold A",
          "Threshold B");

  private ControlSettings() {}

  /**
   * Returns units without images, which act once the user adds some. Units whose network is not
   * here, or with invalid values, are omitted.
   *
   * @param parameters the keys and values of the text
   * @param networks the names of the networks that are here
   */
  static ArrayNode units(Map<String, String> parameters, Set<String> networks) {
    ArrayNode units = Fields.array();
    IntStream.range(0, MOST_UNITS)
        .mapToObj(unit -> Optional.ofNullable(parameters.get("ControlNet " + unit)))
        .flatMap(Optional::stream)
        .map(text -> unit(values(text), networks))
        .flatMap(Optional::stream)
        .forEach(units::add);
    return units;
  }

  private static Map<String, String> values(String text) {
    Map<String, String> values = new HashMap<>();
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      if (colon > 0) {
        values.put(part.substring(0, colon).strip(), part.substring(colon + 1).strip());
      }
    }
    return values;
  }

  private static Optional<ObjectNode> unit(Map<String, String> values, Set<String> networks) {
    String network =
        RequestContext.stem(
            values.getOrDefault("Model", "").replaceFirst("\\s*\\[[0-9a-fA-F]*]$", ""));
    try {
      return networks.contains(network) ? Optional.of(unit(network, values)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static ObjectNode unit(String network, Map<String, String> values) {
    ObjectNode unit = Fields.object().put("enabled", false).putNull("image").put("model", network);
    String module = values.getOrDefault("Module", "none");
    if (module.startsWith(IMAGE_PROMPT)) {
      addImagePrompt(unit, values);
      return unit;
    }
    unit.put("module", Preprocessor.named(module).name());
    addNumbers(unit, values);
    unit.put("pixel_perfect", values.getOrDefault("Pixel Perfect", "False").equals("True"));
    unit.put(
        "control_mode",
        ControlUnit.Mode.parse(values.getOrDefault("Control Mode", "Balanced")).label());
    unit.put(
        "resize_mode",
        ResizeMode.parse(values.getOrDefault("Resize Mode", "Crop and resize")).label());
    if (values.containsKey("Union Control Type")) {
      unit.put("union_control_type", UnionType.parse(values.get("Union Control Type")).label());
    }
    return unit;
  }

  private static void addImagePrompt(ObjectNode unit, Map<String, String> values) {
    unit.put("module", IMAGE_PROMPT + "-auto");
    addNumbers(unit, values);
    if (values.containsKey("Weight Type")) {
      unit.put("weight_type", ImagePrompt.WeightType.parse(values.get("Weight Type")).label());
    }
    if (values.containsKey("Embeds Scaling")) {
      unit.put(
          "embeds_scaling", ImagePrompt.EmbedsScaling.parse(values.get("Embeds Scaling")).label());
    }
  }

  private static void addNumbers(ObjectNode unit, Map<String, String> values) {
    unit.put("weight", 1).put("guidance_start", 0).put("guidance_end", 1);
    for (String name : NUMBERS) {
      if (values.containsKey(name)) {
        String field = name.toLowerCase(Locale.ROOT).replace(' ', '_');
        unit.put(field, Decimals.parse(values.get(name)));
      }
    }
  }
}
