package dev.sdlora.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The results of reference programs for some prompts: A1111's parser in {@code a1111.json},
 * OpenAI's CLIP tokenizer without ftfy in {@code clip_tokens.json}, and in {@code
 * stray_brackets.json} the results of lark 1.2.2, the parser library of A1111, for stray brackets
 * with a grammar of prompt editing.
 */
public final class Goldens {
  private Goldens() {}

  public static Stream<JsonNode> a1111() throws IOException {
    return cases("a1111.json");
  }

  public static Stream<JsonNode> clipTokens() throws IOException {
    return cases("clip_tokens.json");
  }

  public static Stream<JsonNode> strayBrackets() throws IOException {
    return cases("stray_brackets.json");
  }

  private static Stream<JsonNode> cases(String file) throws IOException {
    try (InputStream json = Objects.requireNonNull(Goldens.class.getResourceAsStream(file))) {
      JsonNode cases = new ObjectMapper().readTree(json).get("cases");
      return StreamSupport.stream(cases.spliterator(), false);
    }
  }
}
