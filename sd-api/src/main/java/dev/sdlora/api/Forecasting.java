package dev.sdlora.api;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.SettingException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which calls of the model are computed; the others are forecast from those by a polynomial, which
 * costs nothing (Han et al. 2026, "Adaptive Spectral Feature Forecasting for Diffusion Sampling
 * Acceleration", called Spectrum). Pictures change; how much is in docs/faster-pictures.md.
 *
 * <p>Where a call is in a situation that is new, it and the next of its kind are computed: behind
 * another text of prompt editing, beyond an end of a {@link GuidanceRange}, with another
 * ControlNet, after the refiner took over, in the second pass of hires fix. Immutable.
 *
 * @param warmUp how many calls are computed first
 * @param window then one call of so many is computed; 1 for all
 * @param growth how much the window grows after each of these, in calls; fractions add up
 */
public record Forecasting(int warmUp, int window, double growth) {
  /** Every call is computed, the default. */
  public static final Forecasting NONE = new Forecasting(0, 1, 0);

  private static final int USUAL_WARM_UP = 4;
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,3})(?:\\+(\\d{1,2}(?:\\.\\d+)?))?(?:@(\\d{1,4}))?");

  /**
   * Checks the numbers.
   *
   * @param warmUp from 0 to 1000
   * @param window from 1 to 100
   * @param growth from 0 to 10
   * @throws IllegalArgumentException if one is out of range
   */
  public Forecasting {
    Checks.inRange(0, 1000, warmUp, "warmUp");
    Checks.inRange(1, 100, window, "window");
    Checks.inRange(0, 10, growth, "growth");
  }

  /**
   * Computes four calls, then one of so many.
   *
   * @param window from 1 to 100, usually 2 or 3
   * @return the forecasting
   * @throws IllegalArgumentException if it is out of range
   */
  public static Forecasting every(int window) {
    return window == 1 ? NONE : new Forecasting(USUAL_WARM_UP, window, 0);
  }

  /**
   * Sets another growth.
   *
   * @param growth from 0 to 10 calls; 0.75 in the paper
   * @return the same otherwise
   * @throws IllegalArgumentException if it is out of range
   */
  public Forecasting growing(double growth) {
    return new Forecasting(warmUp, window, growth);
  }

  /**
   * Sets another warm-up.
   *
   * @param calls from 0 to 1000
   * @return the same otherwise
   * @throws IllegalArgumentException if it is out of range
   */
  public Forecasting after(int calls) {
    return new Forecasting(calls, window, growth);
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @param text such as {@code 2}, {@code 2+0.75} with a growth, or {@code 2+0.75@6} with a warm-up
   * @return the forecasting
   * @throws IllegalArgumentException if it is something else
   */
  public static Forecasting parse(String text) {
    Objects.requireNonNull(text, "text");
    Matcher parts = TEXT.matcher(text.strip());
    if (!parts.matches()) {
      throw new SettingException(
          "forecasting", "be WINDOW[+GROWTH][@WARM-UP], such as 2, 2+0.75 or 2+0.75@6", text);
    }
    Forecasting read = every(Integer.parseInt(parts.group(1)));
    if (parts.group(2) != null) {
      read = read.growing(Double.parseDouble(parts.group(2)));
    }
    return parts.group(3) == null ? read : read.after(Integer.parseInt(parts.group(3)));
  }

  /** The text that pictures tell it by, such as {@code 2+0.75@4}. */
  @Override
  public String toString() {
    String grows = growth == 0 ? "" : "+" + Decimals.text(growth);
    return window + grows + "@" + warmUp;
  }
}
