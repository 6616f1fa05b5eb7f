package dev.sdlora.benchmarks.figure;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Compares figures with those of an earlier run. It compares ratios, so the machines may differ.
 */
public final class Comparison {
  /** The tolerance for measurement noise. */
  private static final double ALLOWED = 0.1;

  private final List<Figure> figures;
  private final Map<String, Figure> earlier = new LinkedHashMap<>();

  /** Compares figures with earlier ones of the same names. */
  public Comparison(List<Figure> figures, List<Figure> earlier) {
    this.figures = List.copyOf(figures);
    earlier.forEach(figure -> this.earlier.put(figure.name(), figure));
  }

  /** Whether a figure fell by more than a tenth. */
  public boolean anyFell() {
    return figures.stream().anyMatch(this::fell);
  }

  /** Prints the figures with two more columns, and then the names of those that fell. */
  public void print(PrintStream out) {
    List<String> columns = new ArrayList<>(FigureTable.COLUMNS);
    columns.addAll(List.of("earlier", "gain"));
    FigureTable.printHead(columns, out);
    for (Figure figure : figures) {
      List<String> cells = new ArrayList<>(figure.cells());
      Figure before = earlier.get(figure.name());
      cells.add(before == null || before.ratio() == null ? "" : before.ratio().toString());
      cells.add(written(figure));
      FigureTable.printRow(cells, out);
    }
    out.println();
    List<String> fallen = figures.stream().filter(this::fell).map(Figure::name).toList();
    out.println(
        fallen.isEmpty()
            ? "No ratio fell by more than 10 %."
            : "Fell by more than 10 %: " + String.join("; ", fallen) + ".");
    List<String> missing = new ArrayList<>(earlier.keySet());
    figures.forEach(figure -> missing.remove(figure.name()));
    if (!missing.isEmpty()) {
      out.println("Not measured now: " + String.join("; ", missing) + ".");
    }
  }

  private String written(Figure figure) {
    OptionalDouble gain = gain(figure);
    if (gain.isEmpty()) {
      return "";
    }
    String percent = String.format(Locale.ROOT, "%+.1f %%", 100 * gain.getAsDouble());
    return fell(figure) ? "**" + percent + "**" : percent;
  }

  private boolean fell(Figure figure) {
    return gain(figure).orElse(0) < -ALLOWED;
  }

  private OptionalDouble gain(Figure figure) {
    Figure before = earlier.get(figure.name());
    return before == null
            || before.ratio() == null
            || figure.ratio() == null
            || before.ratio().share() != figure.ratio().share()
        ? OptionalDouble.empty()
        : OptionalDouble.of(figure.ratio().gain(before.ratio()));
  }
}
