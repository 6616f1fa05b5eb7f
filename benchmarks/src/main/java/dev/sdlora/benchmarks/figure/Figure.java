package dev.sdlora.benchmarks.figure;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A measured figure: one row of the table.
 *
 * @param name the subject and its conditions; unique in a table
 * @param value the figure with its unit
 * @param ceiling the reference of the same run; empty for none, as for ceilings
 * @param ratio the ratio to the reference; null for none
 * @param aim the desired ratio; null for none
 */
public record Figure(
    String name, String value, String ceiling, @Nullable Ratio ratio, @Nullable Ratio aim) {
  private static final int CELLS = 5;
  private static final String SHARE_AIM = "at least ";
  private static final String MULTIPLE_AIM = "at most ";

  /** Creates a ceiling, or a figure without a reference. */
  public static Figure ceiling(String name, String value) {
    return new Figure(name, value, "", null, null);
  }

  /** Creates a rate as a share of the best rate. */
  public static Figure share(String name, String value, String ceiling, double share) {
    return new Figure(name, value, ceiling, new Ratio(share, true), null);
  }

  /** Creates a time or an amount of memory as a multiple of the minimum. */
  public static Figure multiple(String name, String value, String ceiling, double multiple) {
    return new Figure(name, value, ceiling, new Ratio(multiple, false), null);
  }

  /** Returns a copy with an aim; unchanged if there is no ratio. */
  public Figure aim(double number) {
    return ratio == null
        ? this
        : new Figure(name, value, ceiling, ratio, new Ratio(number, ratio.share()));
  }

  /** Formats a time. */
  public static String seconds(double seconds) {
    return String.format(Locale.ROOT, seconds < 10 ? "%.3f s" : "%.1f s", seconds);
  }

  /** Formats a number of bytes. */
  public static String megabytes(double bytes) {
    return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
  }

  /** Formats a rate of operations. */
  public static String gigaflops(double rate) {
    return String.format(Locale.ROOT, "%.0f GFLOP/s", rate / 1e9);
  }

  /** Returns the cells of the row. */
  List<String> cells() {
    String reached =
        aim == null || ratio == null
            ? ""
            : (aim.share() ? SHARE_AIM : MULTIPLE_AIM)
                + aim
                + (ratio.meets(aim) ? "" : ", **missed**");
    return List.of(name, value, ceiling, ratio == null ? "" : ratio.toString(), reached);
  }

  /**
   * Parses the result of {@link #cells()}; further cells are ignored.
   *
   * @throws IllegalArgumentException if a cell is missing, or a ratio or aim is invalid
   */
  static Figure of(List<String> cells) {
    if (cells.size() < CELLS) {
      throw new IllegalArgumentException(
          "expected a row of " + CELLS + " cells, found " + cells.size());
    }
    String aim = cells.get(4);
    int comma = aim.indexOf(',');
    String number =
        (comma < 0 ? aim : aim.substring(0, comma))
            .replaceFirst("^(" + SHARE_AIM + "|" + MULTIPLE_AIM + ")", "");
    return new Figure(
        cells.get(0),
        cells.get(1),
        cells.get(2),
        cells.get(3).isEmpty() ? null : Ratio.parse(cells.get(3)),
        number.isEmpty() ? null : Ratio.parse(number));
  }
}
