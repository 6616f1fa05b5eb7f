package dev.sdlora.server.job.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.transport.Access;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The {@code Idempotency-Key} header, by which a client repeats a request without drawing twice. It
 * becomes the id of the job, so that it holds on every server that shares the jobs.
 */
final class RequestKey {
  private static final int MOST_CHARACTERS = 255;
  private static final int ID_BYTES = 16;

  private RequestKey() {}

  /**
   * Returns the id of the job of a request; clients do not see each other's keys.
   *
   * @throws Refusal if the key is too long
   */
  static Optional<String> of(Context context) {
    String key = context.header("Idempotency-Key");
    if (key == null || key.isBlank()) {
      return Optional.empty();
    }
    if (key.length() > MOST_CHARACTERS) {
      throw new Refusal(
          400, "header Idempotency-Key must have at most %s characters".formatted(MOST_CHARACTERS));
    }
    Object client = Objects.requireNonNullElse(context.attribute(Access.CLIENT), "");
    byte[] both = (client + "\n" + key).getBytes(StandardCharsets.UTF_8);
    return Optional.of(Sha256.hex(both, ID_BYTES));
  }

  /** Returns a hash of the fields of a request, in any order and with any priority. */
  static String fingerprint(Fields fields) {
    ObjectNode drawn = fields.node().deepCopy();
    drawn.remove("priority");
    return Sha256.hex(sorted(drawn).getBytes(StandardCharsets.UTF_8), ID_BYTES);
  }

  private static String sorted(JsonNode node) {
    if (node.isObject()) {
      Map<String, String> fields = new TreeMap<>();
      node.properties().forEach(each -> fields.put(each.getKey(), sorted(each.getValue())));
      return fields.toString();
    }
    if (node.isArray()) {
      List<String> elements = new ArrayList<>();
      node.forEach(element -> elements.add(sorted(element)));
      return elements.toString();
    }
    return node.toString();
  }
}
