package dev.sdlora.server.mcp;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as the SDK reads and writes it, with images of any length inside the limit of a message. */
final class Json {
  /** The error code for text that is not JSON (JSON-RPC 2.0, section 5.1). */
  static final int PARSE_ERROR = -32700;

  private static final JsonMapper JACKSON = mapper();

  /** The mapper for the SDK. */
  static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(JACKSON);

  private Json() {}

  private static JsonMapper mapper() {
    JsonMapper mapper = JsonMapper.builder().build();
    mapper.getFactory().setStreamReadConstraints(Fields.constraints());
    return mapper;
  }

  /** Converts a value to a tree. */
  static JsonNode tree(Object value) {
    return JACKSON.valueToTree(value);
  }

  /** Converts an object to a map of plain values. */
  static Map<String, Object> map(ObjectNode object) {
    return JACKSON.convertValue(object, new TypeReference<>() {});
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if it is not one
   */
  static JSONRPCMessage message(String text) {
    try {
      return McpSchema.deserializeJsonRpcMessage(MAPPER, text);
    } catch (IOException | RuntimeException e) { // A missing method is a NullPointerException.
      throw new IllegalArgumentException("the message is not JSON-RPC 2.0", e);
    }
  }

  /** Returns an error that answers no request, because its id is unknown. */
  static JsonNode error(int code, String sentence) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("jsonrpc", "2.0");
    answer.put("id", null);
    answer.put("error", Map.of("code", code, "message", sentence));
    return tree(answer);
  }
}
