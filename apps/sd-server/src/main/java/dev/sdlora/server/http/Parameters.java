package dev.sdlora.server.http;

import io.javalin.http.Context;
import java.util.Optional;

/** Query parameters of a request. */
public final class Parameters {
  private Parameters() {}

  /** Returns a string; empty if it is missing or blank. */
  public static Optional<String> text(Context context, String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(text -> !text.isBlank());
  }

  /**
   * Returns a non-negative integer.
   *
   * @param otherwise the default
   * @param most the maximum; {@link Integer#MAX_VALUE} for no limit
   * @throws Refusal if it is not a non-negative integer or exceeds the maximum
   */
  public static int whole(Context context, String name, int otherwise, int most) {
    Optional<String> text = text(context, name);
    try {
      int number = text.map(Integer::parseInt).orElse(otherwise);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new Refusal(
        422,
        "'%s' must be a whole number from 0 %s: '%s'"
            .formatted(name, most == Integer.MAX_VALUE ? "on" : "to " + most, text.orElseThrow()));
  }
}
