package dev.sdlora.cli.console;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.SettingException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses option values and adds the option's name to error messages. */
public final class OptionValue {
  private OptionValue() {}

  /**
   * Sets a value if it is given.
   *
   * @param option its name, such as {@code --steps}
   * @throws IllegalArgumentException if the setter rejects it; the message names the option
   */
  public static <T> void set(String option, Optional<T> value, Consumer<T> setter) {
    value.ifPresent(
        given -> {
          try {
            setter.accept(given);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(message(option, complaint(e, given)), e);
          }
        });
  }

  /**
   * Returns a message such as {@code --steps must be from 1 to 1000: 0}; a message that already
   * names an option is unchanged.
   */
  public static String message(String option, String complaint) {
    if (complaint.startsWith("--")) {
      return complaint;
    }
    return option + (complaint.startsWith("must ") ? " " : ": ") + complaint;
  }

  /** Returns the error message without the API's name of the value. */
  private static String complaint(RuntimeException refusal, Object given) {
    return refusal instanceof SettingException setting && isSame(setting.value(), given)
        ? setting.messageFor("").strip()
        : String.valueOf(refusal.getMessage());
  }

  /** Whether a setting equals the typed value, which may be stored as a wider number. */
  private static boolean isSame(Object value, Object given) {
    return value.equals(given)
        || (given instanceof Integer number && value.equals(number.longValue()));
  }

  /** Wraps a library parser and converts its errors. */
  public static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException | StableDiffusionException e) {
        throw new TypeConversionException(complaint(e, text));
      }
    };
  }

  public static int wholeNumber(String text) {
    long number = longNumber(text);
    if (number != (int) number) {
      throw new IllegalArgumentException(
          "must be from %s to %s: %s".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE, text));
    }
    return (int) number;
  }

  public static long longNumber(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number: '" + text + "'", e);
    }
  }

  public static double decimalNumber(String text) {
    try {
      return Decimals.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a number such as 0.8: '" + text + "'", e);
    }
  }
}
