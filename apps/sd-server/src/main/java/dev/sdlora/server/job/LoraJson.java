package dev.sdlora.server.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.request.Fields;
import java.util.List;
import java.util.Locale;

/** Converts reports of LoRAs to the JSON of jobs. */
public final class LoraJson {
  private LoraJson() {}

  /** Returns a report; files have their name, without folders of this machine. */
  public static JsonNode of(LoraReport lora) {
    ObjectNode json = Fields.object();
    json.put("name", lora.name());
    json.put("file", lora.path().getFileName().toString());
    json.put("hash", lora.hash());
    json.put("text_encoder_strength", lora.textEncoderStrength());
    json.put("unet_strength", lora.unetStrength());
    json.put("strength", lora.strength().tagArguments());
    json.put("mode", lora.mode().name().toLowerCase(Locale.ROOT));
    json.put("matched", lora.matched());
    json.put("modules", lora.modules());
    json.set("unmatched", array(lora.unmatched()));
    json.set("repeated", array(lora.repeated()));
    return json;
  }

  private static ArrayNode array(List<String> texts) {
    ArrayNode array = Fields.array();
    texts.forEach(array::add);
    return array;
  }
}
