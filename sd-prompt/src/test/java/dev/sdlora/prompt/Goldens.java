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
 * OpenAI's CLIP tokenizer without ftfy in {@code clip_tokens.json}, Hugging Face's tokenizers 0.21
 * with the vocabularies of Qwen3 in {@code qwen_tokens.json} and of T5 in {@code t5_tokens.json},
 * and in {@code stray_brackets.json} the results of lark 1.2.2, the parser library of A1111, for
 * stray brackets with a grammar of prompt editing.
 */
public final class Goldens {
  private Goldens() {}

  public static Stream<JsonNode> a1111() throws IOException {
    return cases("a1111.json");
  }

  public static Stream<JsonNode> clipTokens() throws IOException {
    return cases("clip_tokens.json");
  }

  public static Stream<JsonNode> qwenTokens() throws IOException {
    return cases("qwen_tokens.json");
  }

  public static Stream<JsonNode> t5Tokens() throws IOException {
    return cases("t5_tokens.json");
  }

  /** Prompts in the templates of FLUX.2 klein and Z-Image. */
  public static Stream<JsonNode> qwenTemplates() throws IOException {
    return list("qwen_tokens.json", "templates");
  }

  /** The special tokens of Qwen3 and their ids. */
  public static JsonNode qwenSpecials() throws IOException {
    return read("qwen_tokens.json").get("special");
  }

  public static Stream<JsonNode> strayBrackets() throws IOException {
    return cases("stray_brackets.json");
  }

  private static Stream<JsonNode> cases(String file) throws IOException {
    return list(file, "cases");
  }

  private static Stream<JsonNode> list(String file, String name) throws IOException {
    return StreamSupport.stream(read(file).get(name).spliterator(), false);
  }

  private static JsonNode read(String file) throws IOException {
    try (InputStream json = Objects.requireNonNull(Goldens.class.getResourceAsStream(file))) {
      return new ObjectMapper().readTree(json);
    }
  }
}
