package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.request.json.Fields;
import java.util.List;
import java.util.Locale;

/** Writes reports of LoRAs as JSON. */
public final class LoraReports {
  private LoraReports() {}

  /** Returns what names a LoRA and its effect. */
  public static ObjectNode brief(LoraReport lora) {
    ObjectNode json = Fields.object().put("name", lora.name()).put("hash", lora.hash());
    putEffect(lora, json);
    return json;
  }

  /** Returns a whole report with the path of the file, its names in camel case. */
  public static ObjectNode withPath(LoraReport lora) {
    ObjectNode json = Fields.object().put("name", lora.name());
    json.put("path", lora.path().toString()).put("hash", lora.hash());
    json.put("textEncoderStrength", lora.textEncoderStrength());
    json.put("unetStrength", lora.unetStrength());
    putRest(lora, json);
    return json;
  }

  /**
   * Returns a whole report with the name of the file, without folders of this machine, its names in
   * snake case.
   */
  public static JsonNode withFileName(LoraReport lora) {
    ObjectNode json = Fields.object().put("name", lora.name());
    json.put("file", lora.path().getFileName().toString()).put("hash", lora.hash());
    json.put("text_encoder_strength", lora.textEncoderStrength());
    json.put("unet_strength", lora.unetStrength());
    putRest(lora, json);
    return json;
  }

  private static void putEffect(LoraReport lora, ObjectNode json) {
    json.put("strength", lora.strength().tagArguments());
    json.put("mode", lora.mode().name().toLowerCase(Locale.ROOT));
  }

  private static void putRest(LoraReport lora, ObjectNode json) {
    putEffect(lora, json);
    json.put("matched", lora.matched()).put("modules", lora.modules());
    json.set("unmatched", array(lora.unmatched()));
    json.set("repeated", array(lora.repeated()));
  }

  private static ArrayNode array(List<String> texts) {
    ArrayNode array = Fields.array();
    texts.forEach(array::add);
    return array;
  }
}
