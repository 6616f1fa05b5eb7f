package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the settings of Fooocus images with the metadata scheme "fooocus". The effective prompt is
 * the typed prompt with styles and an expansion: several texts, each in a chunk of its own.
 */
public final class Fooocus {
  private static final String PROGRAM = "Fooocus";
  private static final String NO_MODEL = "None";
  private static final int MAX_NAME = 500;

  private static final Set<String> KNOWN =
      Set.of(
          "full_prompt",
          "full_negative_prompt",
          "steps",
          "resolution",
          "guidance_scale",
          "base_model",
          "base_model_hash",
          "refiner_model",
          "refiner_model_hash",
          "refiner_switch",
          "clip_skip",
          "sampler",
          "scheduler",
          "vae",
          "seed",
          "loras",
          "metadata_scheme",
          "version");

  private static final Pattern SIDES = Pattern.compile("\\(?\\s*(\\d{1,6})\\D+(\\d{1,6})\\s*\\)?");
  private static final Pattern COMBINED = Pattern.compile("(.*?)\\s*:\\s*(-?[\\d.]+)");

  private Fooocus() {}

  /** Reads settings as JSON. */
  public static Optional<ForeignSettings> read(JsonNode json) {
    if (!json.has("base_model") && !json.has("full_prompt") && !json.has("performance")) {
      return Optional.empty();
    }
    ForeignSettings settings = new ForeignSettings(PROGRAM);
    settings.prompts(
        prompt(json, "full_prompt", "prompt"),
        prompt(json, "full_negative_prompt", "negative_prompt"));
    settings.set("Steps", json.path("steps"));
    SamplerNames.setComfy(
        settings, json.path("sampler").asText(""), json.path("scheduler").asText(""));
    settings.set("CFG scale", json.path("guidance_scale"));
    settings.set("Seed", json.path("seed"));
    Matcher sides = SIDES.matcher(json.path("resolution").asText(""));
    if (sides.matches()) {
      settings.set("Size", sides.group(1) + "x" + sides.group(2));
    }
    settings.model(json.path("base_model").asText(""), json.path("base_model_hash").asText(""));
    String vae = json.path("vae").asText("");
    if (!vae.startsWith("Default")) {
      settings.vae(vae);
    }
    // 2 is the default of SDXL's smaller text encoder; 1 would be unusual.
    int skip = json.path("clip_skip").asInt(2);
    if (skip > 2) {
      settings.set("Clip skip", Integer.toString(skip));
    }
    refiner(settings, json);
    loras(settings, json);
    settings.likeComfy();
    settings.restOf(json, known(json));
    settings.set("Version", json.path("version").asText(PROGRAM));
    return Optional.of(settings);
  }

  /** Returns the effective texts, or the typed prompt if there are none. */
  private static String prompt(JsonNode json, String drawn, String typed) {
    List<String> texts = new ArrayList<>();
    json.path(drawn).forEach(text -> texts.add(ComfyText.toA1111(text.asText(""))));
    return texts.isEmpty()
        ? ComfyText.toA1111(json.path(typed).asText(""))
        : String.join("\nBREAK ", texts);
  }

  private static void refiner(ForeignSettings settings, JsonNode json) {
    String model = json.path("refiner_model").asText(NO_MODEL);
    if (!model.equals(NO_MODEL) && !model.isBlank()) {
      String hash = json.path("refiner_model_hash").asText("");
      settings.set(
          "Refiner", ForeignSettings.stem(model) + (hash.isEmpty() ? "" : " [" + hash + "]"));
      settings.set("Refiner switch at", json.path("refiner_switch"));
    }
  }

  /** Reads the LoRAs: a list of names, weights and hashes, or one field each before version 2.3. */
  private static void loras(ForeignSettings settings, JsonNode json) {
    JsonNode loras = json.path("loras");
    loras.forEach(
        lora -> {
          double weight = lora.path(1).asDouble(1);
          settings.lora(lora.path(0).asText(""), weight, weight, lora.path(2).asText(""));
        });
    if (loras.isEmpty()) {
      for (JsonNode lora : combined(json)) {
        Matcher parts = COMBINED.matcher(lora.asText(""));
        if (lora.asText("").length() <= MAX_NAME && parts.matches()) {
          double weight = weight(parts.group(2));
          settings.lora(parts.group(1), weight, weight, "");
        }
      }
    }
  }

  private static double weight(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN; // Skipped, as not finite.
    }
  }

  private static List<JsonNode> combined(JsonNode json) {
    List<JsonNode> loras = new ArrayList<>();
    json.properties()
        .forEach(
            field -> {
              if (field.getKey().startsWith("lora_combined_")) {
                loras.add(field.getValue());
              }
            });
    return loras;
  }

  private static Set<String> known(JsonNode json) {
    Set<String> known = new HashSet<>(KNOWN);
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (name.startsWith("lora_combined_")) {
                known.add(name);
              }
            });
    return known;
  }
}
