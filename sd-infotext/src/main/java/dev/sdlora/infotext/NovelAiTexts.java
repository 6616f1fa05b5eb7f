package dev.sdlora.infotext;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.infotext.foreign.NovelAi;
import dev.sdlora.tensors.io.SettingsJson;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the texts of NovelAI's PNGs: the prompt as {@code Description}, and a JSON object of
 * settings as {@code Comment}.
 */
public final class NovelAiTexts {
  private NovelAiTexts() {}

  /**
   * Returns the settings in A1111's format; empty if the texts are not NovelAI's.
   *
   * @param texts the texts by keyword
   * @param size the size of the image, such as {@code 512x768}, or an empty string
   */
  public static Optional<String> parameters(Function<String, Optional<String>> texts, String size) {
    if (!texts.apply("Software").equals(Optional.of("NovelAI"))) {
      return Optional.empty();
    }
    return texts
        .apply("Comment")
        .flatMap(NovelAiTexts::json)
        .map(json -> NovelAi.read(json, texts.apply("Description").orElse(""), size))
        .map(ForeignText::write);
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(SettingsJson.parse(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty(); // not NovelAI's; the caller reports that
    }
  }
}
