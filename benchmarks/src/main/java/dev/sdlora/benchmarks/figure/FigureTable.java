package dev.sdlora.benchmarks.figure;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Prints figures as a Markdown table and parses such tables. */
public final class FigureTable {
  /** The names of the columns. */
  static final List<String> COLUMNS = List.of("figure", "value", "compared with", "ratio", "aim");

  private FigureTable() {}

  /** Prints a table to the standard output, always in UTF-8. */
  public static void print(List<Figure> figures) {
    print(figures, new PrintStream(System.out, true, StandardCharsets.UTF_8));
  }

  /** Prints a table. */
  public static void print(List<Figure> figures, PrintStream out) {
    printHead(COLUMNS, out);
    figures.forEach(figure -> printRow(figure.cells(), out));
  }

  /** Prints the header and the separator line. */
  static void printHead(List<String> columns, PrintStream out) {
    printRow(columns, out);
    out.println("|" + String.join("", Collections.nCopies(columns.size(), "---|")));
  }

  /** Prints one row. */
  static void printRow(List<String> cells, PrintStream out) {
    out.println("| " + String.join(" | ", cells) + " |");
  }

  /**
   * Parses the tables in a text; other lines are ignored.
   *
   * @param lines the text
   * @param name the name of the text, for error messages
   * @throws IllegalArgumentException if a row is malformed; the message contains the line number
   */
  public static List<Figure> read(List<String> lines, String name) {
    List<Figure> figures = new ArrayList<>();
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      List<String> cells = cells(lines.get(i));
      if (inside && !cells.isEmpty() && !cells.get(0).startsWith("---")) {
        try {
          figures.add(Figure.of(cells));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              name + ", line " + (i + 1) + ": " + e.getMessage() + "; was the table edited?", e);
        }
      }
      inside = inside ? !cells.isEmpty() : isHead(cells);
    }
    return figures;
  }

  /**
   * Parses the tables in a file.
   *
   * @throws IllegalArgumentException if the file is missing, is not text, or has no table or a
   *     malformed one
   */
  public static List<Figure> read(Path file) {
    List<Figure> figures;
    try {
      figures = read(Files.readAllLines(file), file.toString());
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + " does not exist", e);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e, e);
    }
    if (figures.isEmpty()) {
      throw new IllegalArgumentException(
          file + " has no table of figures, which begins with | " + String.join(" | ", COLUMNS));
    }
    return figures;
  }

  private static boolean isHead(List<String> cells) {
    return cells.size() >= COLUMNS.size() && cells.subList(0, COLUMNS.size()).equals(COLUMNS);
  }

  /** Returns the cells of a row; empty if the line is not a row. */
  private static List<String> cells(String line) {
    String row = line.strip();
    if (row.length() < 2 || !row.startsWith("|") || !row.endsWith("|")) {
      return List.of();
    }
    return Arrays.stream(row.substring(1, row.length() - 1).split("\\|", -1))
        .map(String::strip)
        .toList();
  }
}
