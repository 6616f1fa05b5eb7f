package dev.sdlora.server.http;

import io.javalin.http.Context;
import java.util.Optional;

/** What stands behind the question mark of an address. */
public final class Parameters {
  private Parameters() {}

  /** A text; empty if there is none or it is blank. */
  public static Optional<String> text(Context context, String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(text -> !text.isBlank());
  }

  /**
   * A whole number from 0 on.
   *
   * @param otherwise if there is none
   * @param most {@link Integer#MAX_VALUE} for no limit
   * @throws Refusal if it is no such number, or a larger one
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
