package dev.sdlora.server.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Style;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.Overrides;
import dev.sdlora.server.job.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way in which the fields of a stored request are read.
 *
 * @param dialect the defaults for missing fields
 * @param options the options of the server that accepted it
 * @param warnings the warnings of the request; null if reading the fields tells them
 * @param previews the number of previews to keep of each image
 * @param styles the styles that the request names, which workers lack
 */
public record RequestFormat(
    Dialect dialect,
    ObjectNode options,
    @Nullable List<String> warnings,
    int previews,
    @Nullable List<Style> styles) {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** The form of {@code /api/jobs}. */
  public static final RequestFormat OWN =
      new RequestFormat(Dialect.LIBRARY, Overrides.NONE.values(), null, 0, null);

  static RequestFormat parse(@Nullable String json) {
    try {
      return json == null ? OWN : JSON.readValue(json, RequestFormat.class);
    } catch (JsonProcessingException e) {
      throw new StoreException("the form of a job in the database is damaged: " + json, e);
    }
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // A record of texts and numbers.
    }
  }
}
