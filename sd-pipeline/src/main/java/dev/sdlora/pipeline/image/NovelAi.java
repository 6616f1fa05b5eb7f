package dev.sdlora.pipeline.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * What NovelAI writes into its PNGs: the prompt as {@code Description}, and a JSON object of
 * settings as {@code Comment}.
 */
final class NovelAi {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private NovelAi() {}

  /** The settings as A1111 would write them; empty if the file is not NovelAI's. */
  static Optional<String> parameters(PngReader png) {
    if (!png.text("Software").equals(Optional.of("NovelAI"))) {
      return Optional.empty();
    }
    return png.text("Comment").flatMap(NovelAi::json).map(comment -> parameters(png, comment));
  }

  private static String parameters(PngReader png, JsonNode comment) {
    String prompt = png.text("Description").orElse(comment.path("prompt").asText());
    String negative = comment.path("uc").asText();
    SettingsLine line = new SettingsLine();
    add(line, "Steps", comment.path("steps"));
    add(line, "Sampler", comment.path("sampler"));
    add(line, "CFG scale", comment.path("scale"));
    add(line, "Seed", comment.path("seed"));
    line.add("Size", png.size()).add("Clip skip", "2").add("ENSD", "31337");
    return prompt
        + (negative.isEmpty() ? "" : "\n" + InfotextReader.NEGATIVE_PROMPT + " " + negative)
        + "\n"
        + line;
  }

  private static void add(SettingsLine line, String key, JsonNode value) {
    if (value.isValueNode()) {
      line.add(key, value.asText());
    }
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty(); // not NovelAI's after all: the caller reports that nothing is there
    }
  }
}
