package dev.sdlora.server.job.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.server.job.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stored request has next to its settings.
 *
 * @param warnings the warnings of the request
 * @param previews the number of previews to keep of each image
 */
public record RequestFormat(List<String> warnings, int previews) {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** No warnings and no previews. */
  public static final RequestFormat PLAIN = new RequestFormat(List.of(), 0);

  /** Copies the list, which requests of older versions may lack. */
  public RequestFormat(@Nullable List<String> warnings, int previews) {
    this.warnings = warnings == null ? List.of() : List.copyOf(warnings);
    this.previews = previews;
  }

  /** Keeps previews of each image. */
  public static RequestFormat previews(int number) {
    return new RequestFormat(List.of(), number);
  }

  /** Adds the warnings of a request that was read. */
  public RequestFormat withWarnings(List<String> others) {
    return new RequestFormat(others, previews);
  }

  /** Reads what the database has; null if an older version stored the job. */
  public static RequestFormat parse(@Nullable String json) {
    try {
      return json == null ? PLAIN : JSON.readValue(json, RequestFormat.class);
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
