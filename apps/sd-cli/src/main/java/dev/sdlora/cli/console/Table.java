package dev.sdlora.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A text table; each column is as wide as its widest cell. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> right = new ArrayList<>();

  /**
   * Creates a table; the columns of headings that begin with {@code >} are right-aligned, for
   * numbers.
   */
  public Table(String... headings) {
    List<String> row = new ArrayList<>();
    for (String heading : headings) {
      right.add(heading.startsWith(">"));
      row.add(heading.startsWith(">") ? heading.substring(1) : heading);
    }
    rows.add(row);
  }

  /** Adds a row with a cell for each heading. */
  public void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      // A line break in a cell would end the row.
      row.add(VisibleText.of(String.valueOf(cell)).replace("\n", "\\u000a"));
    }
    rows.add(row);
  }

  public void print(PrintWriter out) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String gap = " ".repeat(width(i) - row.get(i).length());
        line.append(right.get(i) ? gap + row.get(i) : row.get(i) + gap).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
