package dev.sdlora.api;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads and edits A1111's {@code styles.csv}: RFC 4180 with line breaks of any kind. */
final class StyleFile {
  private static final int MAX_STYLES = 100_000;

  /** Columns beyond these are dropped; the known ones are among the first. */
  private static final int MAX_COLUMNS = 100;

  private final String text;
  private int at;

  private StyleFile(String text) {
    this.text = text;
    this.at = text.startsWith("\ufeff") ? 1 : 0;
  }

  static List<Style> parse(String text) {
    StyleFile file = new StyleFile(text);
    List<String> header = file.row();
    int name = column(header, List.of("name"));
    int prompt = column(header, List.of("prompt", "text"));
    int negative = column(header, List.of("negative_prompt"));
    List<Style> styles = new ArrayList<>();
    while (file.at < file.text.length()) {
      List<String> row = file.row();
      if (styles.size() == MAX_STYLES) {
        throw new IllegalArgumentException("it has more than " + MAX_STYLES + " styles");
      }
      if (!cell(row, name).isEmpty()) {
        styles.add(new Style(cell(row, name), cell(row, prompt), cell(row, negative)));
      }
    }
    return List.copyOf(styles);
  }

  /**
   * Returns the text with a line for a style at its end, or in place of the line of its name. All
   * else stays as it is.
   *
   * @param text the text of a file; empty for a new one
   */
  static String with(String text, Style style) {
    String known = text.isEmpty() ? "name,prompt,negative_prompt\r\n" : text;
    String end = known.contains("\n") && !known.contains("\r\n") ? "\n" : "\r\n";
    StyleFile file = new StyleFile(known);
    List<String> header = file.row();
    int name = column(header, List.of("name"));
    while (file.at < known.length()) {
      int start = file.at;
      List<String> row = file.row();
      if (cell(row, name).equals(style.name())) {
        return known.substring(0, start)
            + line(header, row, style)
            + end
            + known.substring(file.at);
      }
    }
    String before = known.endsWith("\n") || known.endsWith("\r") ? known : known + end;
    return before + line(header, List.of(), style) + end;
  }

  /** Returns a line in the order of the columns; other columns keep their values. */
  private static String line(List<String> header, List<String> row, Style style) {
    List<String> cells = new ArrayList<>(row);
    while (cells.size() < header.size()) {
      cells.add("");
    }
    cells.set(column(header, List.of("name")), style.name());
    cells.set(column(header, List.of("prompt", "text")), style.prompt());
    cells.set(column(header, List.of("negative_prompt")), style.negativePrompt());
    return cells.stream().map(StyleFile::quoted).collect(Collectors.joining(","));
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  private static int column(List<String> header, List<String> names) {
    for (String name : names) {
      if (header.contains(name)) {
        return header.indexOf(name);
      }
    }
    throw new IllegalArgumentException("it has no column '" + names.get(0) + "' but " + header);
  }

  private static String cell(List<String> row, int column) {
    return column < row.size() ? row.get(column) : "";
  }

  /** Reads the cells of a line and moves to the next line. */
  private List<String> row() {
    List<String> cells = new ArrayList<>();
    do {
      String cell = cell();
      if (cells.size() < MAX_COLUMNS) {
        cells.add(cell);
      }
    } while (skip(','));
    skip('\r');
    skip('\n');
    return cells;
  }

  private String cell() {
    StringBuilder cell = new StringBuilder();
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '"' && cell.isEmpty()) {
        quoted(cell);
      } else {
        cell.append(text.charAt(at++));
      }
    }
    return cell.toString();
  }

  /** Reads up to the closing quote; a doubled quote is a quote character. */
  private void quoted(StringBuilder cell) {
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"' && !skip('"')) {
        return;
      }
      cell.append(c);
    }
  }

  private boolean skip(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    if (there) {
      at++;
    }
    return there;
  }
}
