package dev.sdlora.models;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;

/** What sites tell as JSON. */
final class Json {
  private static final JsonMapper MAPPER =
      new JsonMapper(JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build());
  private static final int MOST = 32_000_000;

  private Json() {}

  /**
   * Reads the body of an answer.
   *
   * @param what it tells, for messages
   */
  static JsonNode of(Answer answer, String what) throws IOException, InterruptedException {
    return of(answer.body().bytes(MOST), what + " of " + answer.address().getHost());
  }

  /** Reads JSON. */
  static JsonNode of(byte[] text, String what) throws IOException {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new DownloadException(
          Reason.WRONG_CONTENT,
          what + " is not understood: expected JSON, found " + e.getOriginalMessage(),
          e);
    }
  }

  /** As people can read it. */
  static byte[] text(JsonNode json) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
