package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.image.Upscaler;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the settings of SwarmUI, which generates with ComfyUI: a JSON object {@code
 * sui_image_params}.
 */
public final class SwarmUi {
  private static final String PROGRAM = "SwarmUI";
  private static final String PARAMS = "sui_image_params";

  private static final Set<String> KNOWN =
      Set.of(
          "prompt",
          "negativeprompt",
          "model",
          "seed",
          "steps",
          "cfgscale",
          "fluxguidancescale",
          "width",
          "height",
          "aspectratio",
          "sidelength",
          "sampler",
          "comfyuisampler",
          "scheduler",
          "comfyuischeduler",
          "vae",
          "loras",
          "loraweights",
          "loratencweights",
          "clipstopatlayer",
          "variationseed",
          "variationseedstrength",
          "refinerupscale",
          "refinerupscalemethod",
          "refinercontrolpercentage",
          "refinermethod",
          "refinersteps",
          "refinercfgscale",
          "images",
          "swarm_version",
          "automaticvae",
          "nopreviews");

  private SwarmUi() {}

  /** Reads settings as JSON: the object itself or one that contains it. */
  public static Optional<ForeignSettings> read(JsonNode json) {
    JsonNode params = json.path(PARAMS).isObject() ? json.path(PARAMS) : json;
    if (!params.has("prompt") && !params.has("model")) {
      return Optional.empty();
    }
    ForeignSettings settings = new ForeignSettings(PROGRAM);
    settings.prompts(
        ComfyText.toA1111(params.path("prompt").asText("")),
        ComfyText.toA1111(params.path("negativeprompt").asText("")));
    settings.set("Steps", params.path("steps"));
    SamplerNames.setComfy(
        settings,
        params.path("sampler").asText(params.path("comfyuisampler").asText("euler")),
        params.path("scheduler").asText(params.path("comfyuischeduler").asText("normal")));
    settings.set("CFG scale", params.path("cfgscale"));
    settings.set("Distilled CFG Scale", params.path("fluxguidancescale"));
    settings.set("Seed", params.path("seed"));
    settings.size("Size", params.path("width"), params.path("height"));
    Map<String, String> hashes = hashes(json.path("sui_models"));
    String model = params.path("model").asText("");
    settings.model(model, hashes.getOrDefault(key(model), ""));
    settings.vae(params.path("vae").asText(""));
    int layer = params.path("clipstopatlayer").asInt(-1);
    if (layer < -1) {
      settings.set("Clip skip", Long.toString(-(long) layer));
    }
    if (params.path("variationseedstrength").asDouble(0) != 0) {
      settings.set("Variation seed", params.path("variationseed"));
      settings.set("Variation seed strength", params.path("variationseedstrength"));
    }
    loras(settings, params, hashes);
    hires(settings, params);
    settings.likeComfy();
    settings.t5OfComfy(Stream.of());
    settings.restOf(params, KNOWN);
    settings.set("Version", (PROGRAM + " " + params.path("swarm_version").asText("")).strip());
    return Optional.of(settings);
  }

  /** Reads the LoRAs; their weights are strings in a parallel list. */
  private static void loras(ForeignSettings settings, JsonNode params, Map<String, String> hashes) {
    JsonNode names = params.path("loras");
    for (int i = 0; i < names.size(); i++) {
      String name = names.path(i).asText("");
      double unet = params.path("loraweights").path(i).asDouble(1);
      double textEncoder = params.path("loratencweights").path(i).asDouble(unet);
      settings.lora(name, textEncoder, unet, hashes.getOrDefault(key(name), ""));
    }
  }

  /** Reads a refiner; if it uses the same model after an upscale, it is a hires fix. */
  private static void hires(ForeignSettings settings, JsonNode params) {
    double scale = params.path("refinerupscale").asDouble(1);
    if (scale == 1 || params.has("refinermodel")) {
      settings.rest("refinercontrolpercentage", params.path("refinercontrolpercentage"));
      settings.rest("refinerupscale", params.path("refinerupscale"));
      return;
    }
    String method = params.path("refinerupscalemethod").asText("");
    settings.set("Denoising strength", params.path("refinercontrolpercentage"));
    settings.set("Hires upscale", ForeignSettings.number(scale));
    settings.set("Hires steps", params.path("refinersteps"));
    if (params.path("refinercfgscale").asDouble(0) != params.path("cfgscale").asDouble(0)) {
      settings.set("Hires CFG Scale", params.path("refinercfgscale"));
    }
    settings.set("Hires upscaler", upscaler(method));
  }

  private static String upscaler(String method) {
    String name = method.substring(method.indexOf('-') + 1);
    return switch (method.toLowerCase(Locale.ROOT)) {
      case "latent-bicubic" -> Upscaler.LATENT_BICUBIC.name();
      case "latent-nearest-exact" -> Upscaler.LATENT_NEAREST_EXACT.name();
      case "pixel-nearest-exact" -> Upscaler.NEAREST.name();
      default ->
          method.startsWith("latent-")
              ? Upscaler.LATENT.name()
              : method.startsWith("model-") ? ForeignSettings.stem(name) : Upscaler.LANCZOS.name();
    };
  }

  private static Map<String, String> hashes(JsonNode models) {
    Map<String, String> hashes = new HashMap<>();
    models.forEach(
        model -> hashes.put(key(model.path("name").asText("")), model.path("hash").asText("")));
    return hashes;
  }

  private static String key(String name) {
    return ForeignSettings.stem(name).toLowerCase(Locale.ROOT);
  }
}
