package dev.sdlora.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.value.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes JSON, one value per line, in ASCII on every terminal. */
public final class Json {
  private Json() {}

  /** Created on first use: it starts slowly, and commands that print text do not need it. */
  private static final class Mapper {
    static final JsonMapper INSTANCE =
        JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  }

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** Returns a value, a record or a collection of them, as a tree. */
  public static JsonNode tree(Object value) {
    return Mapper.INSTANCE.valueToTree(value);
  }

  public static JsonNode read(Path file) throws IOException {
    byte[] text = Files.readAllBytes(file);
    return Mapper.INSTANCE.readTree(Utf8.reader(text));
  }

  public static String line(JsonNode value) {
    try {
      return Mapper.INSTANCE.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
