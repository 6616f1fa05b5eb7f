package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads InvokeAI's settings: {@code invokeai_metadata} since version 3, {@code sd-metadata} and the
 * {@code Dream} command before.
 */
public final class InvokeAi {
  private static final String PROGRAM = "InvokeAI";
  private static final String OTHER_NOISE = "cuda";

  private static final Set<String> KNOWN =
      Set.of(
          "app_version",
          "positive_prompt",
          "negative_prompt",
          "width",
          "height",
          "seed",
          "rand_device",
          "cfg_scale",
          "cfg_rescale_multiplier",
          "steps",
          "scheduler",
          "clip_skip",
          "model",
          "vae",
          "loras",
          "canvas_v2_metadata");

  private static final Set<String> OLD_IMAGE =
      Set.of("prompt", "steps", "cfg_scale", "height", "width", "seed", "sampler");

  /** A prompt in quotes, followed by options. */
  private static final Pattern DREAM = Pattern.compile("\\s*\"(.*)\"(.*)", Pattern.DOTALL);

  /** A letter, which a value may follow directly, or a name; values may have several parts. */
  private static final Pattern OPTION =
      Pattern.compile(
          "(?<!\\S)(?:--([A-Za-z_]+)|-(cf|ft|tm|save_orig|embiggen(?:_tiles)?|[A-Za-z]))");

  private static final Pattern NEGATIVE = Pattern.compile("\\[([^\\[\\]]*)\\]");

  private InvokeAi() {}

  /** Reads settings as JSON, of any version. */
  public static Optional<ForeignSettings> read(JsonNode json) {
    if (json.path("image").isObject()) {
      return Optional.of(old(json));
    }
    return json.has("positive_prompt") || json.has("scheduler")
        ? Optional.of(current(json))
        : Optional.empty();
  }

  private static ForeignSettings current(JsonNode json) {
    ForeignSettings settings = new ForeignSettings(PROGRAM);
    settings.prompts(
        CompelText.toA1111(json.path("positive_prompt").asText("")),
        CompelText.toA1111(json.path("negative_prompt").asText("")));
    settings.set("Steps", json.path("steps"));
    SamplerNames.setDiffusers(settings, json.path("scheduler").asText(""));
    settings.set("CFG scale", json.path("cfg_scale"));
    settings.set("Seed", json.path("seed"));
    settings.size("Size", json.path("width"), json.path("height"));
    int skip = json.path("clip_skip").asInt(0);
    if (skip > 0) {
      settings.set("Clip skip", Long.toString(skip + 1L));
    }
    if (json.path("cfg_rescale_multiplier").asDouble(0) != 0) {
      settings.set("CFG Rescale", json.path("cfg_rescale_multiplier"));
    }
    JsonNode model = json.path("model");
    settings.model(name(model), model.path("hash").asText(""));
    JsonNode vae = json.path("vae");
    settings.vae(name(vae));
    json.path("loras").forEach(lora -> lora(settings, lora));
    settings.likeComfy();
    settings.set("RNG", json.path("rand_device").asText("").equals(OTHER_NOISE) ? "NV" : "CPU");
    settings.restOf(json, KNOWN);
    settings.set("Version", (PROGRAM + " " + json.path("app_version").asText("")).strip());
    return settings;
  }

  private static void lora(ForeignSettings settings, JsonNode lora) {
    JsonNode model = lora.has("model") ? lora.path("model") : lora.path("lora");
    double weight = lora.path("weight").asDouble(1);
    settings.lora(name(model), weight, weight, model.path("hash").asText(""));
  }

  private static String name(JsonNode model) {
    return model.isTextual()
        ? model.textValue()
        : model.path("name").asText(model.path("model_name").asText(""));
  }

  /** Reads version 2, which has the negative prompt in square brackets. */
  private static ForeignSettings old(JsonNode json) {
    JsonNode image = json.path("image");
    ForeignSettings settings = new ForeignSettings(PROGRAM);
    prompts(settings, oldPrompt(image.path("prompt")));
    settings.set("Steps", image.path("steps"));
    SamplerNames.setDiffusers(settings, image.path("sampler").asText(""));
    settings.set("CFG scale", image.path("cfg_scale"));
    settings.set("Seed", image.path("seed"));
    settings.size("Size", image.path("width"), image.path("height"));
    settings.model(json.path("model_weights").asText(""), json.path("model_hash").asText(""));
    settings.likeComfy();
    settings.restOf(image, OLD_IMAGE);
    settings.set("Version", (PROGRAM + " " + json.path("app_version").asText("")).strip());
    return settings;
  }

  private static String oldPrompt(JsonNode prompt) {
    if (prompt.isTextual()) {
      return prompt.textValue();
    }
    StringBuilder text = new StringBuilder();
    prompt.forEach(
        part -> text.append(text.isEmpty() ? "" : " ").append(part.path("prompt").asText("")));
    return text.toString();
  }

  private static void prompts(ForeignSettings settings, String text) {
    StringBuilder negative = new StringBuilder();
    Matcher brackets = NEGATIVE.matcher(text);
    String positive =
        brackets.replaceAll(
            found -> {
              negative.append(negative.isEmpty() ? "" : " ").append(found.group(1));
              return "";
            });
    settings.prompts(
        CompelText.toA1111(positive.strip()), CompelText.toA1111(negative.toString().strip()));
  }

  /** Reads the command that made an image, as versions 1 and 2 write it. */
  public static Optional<ForeignSettings> dream(String command) {
    Matcher parts = DREAM.matcher(command);
    if (!parts.matches()) {
      return Optional.empty();
    }
    ForeignSettings settings = new ForeignSettings(PROGRAM);
    prompts(settings, parts.group(1));
    Map<String, String> options = options(parts.group(2));
    options.forEach(
        (name, value) -> {
          switch (name) {
            case "s", "steps" -> settings.set("Steps", value);
            case "S", "seed" -> settings.set("Seed", value);
            case "C", "cfg_scale" -> settings.set("CFG scale", value);
            case "A", "sampler" -> SamplerNames.setDiffusers(settings, value);
            case "W", "H", "width", "height" -> {}
            default -> settings.rest("option " + name, value.isEmpty() ? "true" : value);
          }
        });
    String width = options.getOrDefault("W", options.getOrDefault("width", ""));
    String height = options.getOrDefault("H", options.getOrDefault("height", ""));
    if (!width.isEmpty() && !height.isEmpty()) {
      settings.set("Size", width + "x" + height);
    }
    settings.likeComfy();
    settings.set("Version", PROGRAM);
    return Optional.of(settings);
  }

  /** Returns the options and their values; a value extends to the next option and may be empty. */
  private static Map<String, String> options(String text) {
    Map<String, String> options = new LinkedHashMap<>();
    List<MatchResult> found = OPTION.matcher(text).results().toList();
    for (int i = 0; i < found.size(); i++) {
      MatchResult option = found.get(i);
      int end = i + 1 < found.size() ? found.get(i + 1).start() : text.length();
      String name = option.group(1) == null ? option.group(2) : option.group(1);
      options.put(name, text.substring(option.end(), end).strip());
    }
    return options;
  }
}
