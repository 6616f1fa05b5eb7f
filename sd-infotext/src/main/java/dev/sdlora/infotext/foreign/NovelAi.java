package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.sampling.Sampler;
import java.util.Set;

/** Reads NovelAI's settings: a JSON object, which newer images also hide in their alpha channel. */
public final class NovelAi {
  private static final String PROGRAM = "NovelAI";

  private static final Set<String> KNOWN =
      Set.of(
          "prompt",
          "uc",
          "steps",
          "sampler",
          "scale",
          "seed",
          "width",
          "height",
          "noise_schedule",
          "cfg_rescale",
          "v4_prompt",
          "v4_negative_prompt",
          "signed_hash",
          "n_samples",
          "request_type",
          "version");

  private NovelAi() {}

  /**
   * Reads settings as JSON.
   *
   * @param description the prompt shown in the image's metadata, or an empty string
   * @param size the size of the image in pixels, for settings that lack it
   */
  public static ForeignSettings read(JsonNode comment, String description, String size) {
    ForeignSettings settings = new ForeignSettings(PROGRAM);
    String prompt = description.isEmpty() ? comment.path("prompt").asText("") : description;
    settings.prompts(
        NovelAiText.toA1111(prompt + characters(comment.path("v4_prompt"))),
        NovelAiText.toA1111(
            comment.path("uc").asText("") + characters(comment.path("v4_negative_prompt"))));
    settings.set("Steps", comment.path("steps"));
    sampler(settings, comment.path("sampler").asText(""));
    schedule(settings, comment.path("noise_schedule").asText(""));
    settings.set("CFG scale", comment.path("scale"));
    settings.set("Seed", comment.path("seed"));
    settings.set("Size", size);
    settings.size("Size", comment.path("width"), comment.path("height"));
    settings.set("Clip skip", "2");
    settings.set("ENSD", "31337");
    if (comment.path("cfg_rescale").asDouble(0) != 0) {
      settings.set("CFG Rescale", comment.path("cfg_rescale"));
    }
    settings.restOf(comment, KNOWN);
    settings.set("Version", PROGRAM);
    return settings;
  }

  /** Returns the prompts for individual characters, a feature of the fourth model. */
  private static String characters(JsonNode prompt) {
    StringBuilder texts = new StringBuilder();
    prompt
        .path("caption")
        .path("char_captions")
        .forEach(
            character -> {
              String text = character.path("char_caption").asText("").strip();
              texts.append(text.isEmpty() ? "" : ", ").append(text);
            });
    return texts.toString();
  }

  private static void sampler(ForeignSettings settings, String name) {
    String plain = name.equals("ddim_v3") ? "ddim" : name;
    try {
      settings.set("Sampler", Sampler.inName(plain).label());
    } catch (IllegalArgumentException e) {
      settings.rest("sampler", name);
    }
  }

  private static void schedule(ForeignSettings settings, String name) {
    SamplerNames.comfySchedule(name)
        .ifPresentOrElse(
            schedule -> settings.set("Schedule type", schedule.label()),
            () -> settings.rest("noise schedule", name));
  }
}
