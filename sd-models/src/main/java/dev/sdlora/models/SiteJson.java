package dev.sdlora.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.api.value.JsonMistake;
import dev.sdlora.api.value.Utf8;
import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.web.Answer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;

/** Reads the JSON that sites send. */
final class SiteJson {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int MOST = 32_000_000;

  private SiteJson() {}

  /**
   * Parses the body of a response.
   *
   * @param what a name of the content, for messages
   */
  static JsonNode of(Answer answer, String what) throws IOException, InterruptedException {
    return of(answer.body().bytes(MOST), what + " of " + answer.address().getHost());
  }

  /** Parses JSON. */
  static JsonNode of(byte[] text, String what) throws IOException {
    try {
      return MAPPER.readTree(Utf8.reader(text));
    } catch (JsonProcessingException e) {
      throw new DownloadException(
          Reason.WRONG_CONTENT,
          what
              + " cannot be parsed: expected JSON, found "
              + JsonMistake.reason(e.getOriginalMessage()),
          e);
    } catch (CharacterCodingException e) {
      throw new DownloadException(
          Reason.WRONG_CONTENT, what + " cannot be parsed: expected JSON in UTF-8", e);
    }
  }

  /** Formats JSON with line breaks and indentation. */
  static byte[] text(JsonNode json) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
