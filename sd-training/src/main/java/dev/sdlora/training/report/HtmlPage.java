package dev.sdlora.training.report;

import java.util.List;
import java.util.Optional;

/**
 * An HTML page in one file: it refers to nothing outside of itself and has no scripts, so that it
 * can be sent to others and opened without a network. All texts are escaped. Not safe for use by
 * several threads.
 */
public final class HtmlPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --text: #1f2328; --back: #ffffff; --soft: #59636e;
        --line: #d1d9e0; --panel: #f6f8fa; --one: #0969da; --two: #bc4c00; --point: #9db8d9; }
      @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --back: #0d1117;
        --soft: #9198a1; --line: #3d444d; --panel: #151b23; --one: #58a6ff; --two: #f0883e;
        --point: #38527a; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
        max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
      h1 { font-size: 1.6rem; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
      h3 { font-size: 1rem; margin: 1rem 0 0.25rem; } p { margin: 0.5rem 0; }
      .note { color: var(--soft); font-size: 0.9rem; }
      .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; }
      th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0;
        border-bottom: 1px solid var(--line); } th { font-weight: 600; }
      th, td:first-child { overflow-wrap: normal; }
      td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
      td.bars { width: 60%; min-width: 12rem; }
      .bar { display: block; height: 0.6rem; margin: 0.15rem 0; border-radius: 2px; }
      .one { background: var(--one); } .two { background: var(--two); }
      .key { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 2px;
        margin: 0 0.3rem 0 0.8rem; }
      svg { width: 100%; height: auto; background: var(--panel); border-radius: 6px; }
      svg text { fill: var(--soft); font-size: 13px; } svg .grid { stroke: var(--line); }
      svg .point { fill: var(--point); } svg .line { fill: none; stroke-width: 2; }
      svg .first { stroke: var(--two); } svg .second { stroke: var(--one); }
      svg .mark { fill: var(--two); }
      td.image { border: 0; padding: 0.25rem 0.5rem 0.25rem 0; }
      td.image img { display: block; max-width: 16rem; border-radius: 4px; }
      .big { font-size: 1.4rem; font-weight: 600; margin: 0.25rem 0; }
      details { margin: 0.5rem 0; } summary { cursor: pointer; }
      ul { padding-left: 1.25rem; margin: 0.5rem 0; }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  /** Creates a page with a title. */
  public HtmlPage(String title) {
    this.title = title;
    element("h1", "", title);
  }

  /** Returns a text in which no character has a meaning in HTML. */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isPrintable(point) ? point : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  /** Control characters, lone surrogates and noncharacters are not allowed in HTML. */
  private static boolean isPrintable(int point) {
    return point == '\n'
        || point == '\t'
        || !(Character.isISOControl(point)
            || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
            || (point & 0xFFFE) == 0xFFFE
            || (point >= 0xFDD0 && point <= 0xFDEF));
  }

  /** Adds a heading of a section. */
  public HtmlPage heading(String text) {
    return element("h2", "", text);
  }

  /** Adds a heading inside a section. */
  public HtmlPage subheading(String text) {
    return element("h3", "", text);
  }

  /** Adds a paragraph. */
  public HtmlPage paragraph(String text) {
    return element("p", "", text);
  }

  /** Adds a paragraph in large letters. */
  public HtmlPage large(String text) {
    return element("p", "big", text);
  }

  /** Adds a paragraph that explains something, in small letters. */
  public HtmlPage note(String text) {
    return element("p", "note", text);
  }

  private HtmlPage element(String name, String type, String text) {
    body.append('<').append(name);
    if (!type.isEmpty()) {
      body.append(" class=\"").append(type).append('"');
    }
    body.append('>').append(escape(text)).append("</").append(name).append('>');
    return this;
  }

  /** Adds a list; adds nothing if it is empty. */
  public HtmlPage list(List<String> items) {
    if (!items.isEmpty()) {
      body.append("<ul>");
      items.forEach(item -> element("li", "", item));
      body.append("</ul>\n");
    }
    return this;
  }

  /**
   * Adds a table.
   *
   * @param head the titles of the columns; empty for none
   * @param rows the texts of the cells
   */
  public HtmlPage table(List<String> head, List<List<String>> rows) {
    body.append("<div class=\"scroll\"><table>\n");
    row("th", head);
    rows.forEach(row -> row("td", row));
    body.append("</table></div>\n");
    return this;
  }

  private void row(String cell, List<String> texts) {
    if (!texts.isEmpty()) {
      body.append("<tr>");
      texts.forEach(text -> element(cell, "", text));
      body.append("</tr>\n");
    }
  }

  /** Adds a table that is hidden until its summary is clicked. */
  public HtmlPage details(String summary, List<String> head, List<List<String>> rows) {
    body.append("<details><summary>").append(escape(summary)).append("</summary>\n");
    table(head, rows);
    body.append("</details>\n");
    return this;
  }

  /** Adds a chart. */
  public HtmlPage chart(LineChart chart) {
    body.append(chart.svg());
    return this;
  }

  /** Adds a chart. */
  public HtmlPage chart(BarTable chart) {
    body.append(chart.html());
    return this;
  }

  /**
   * Adds images in rows and columns.
   *
   * @param corner the title of the labels of rows
   * @param columns the labels of columns
   * @param rows the labels of rows
   * @param images the images of each row, as data URIs; empty for a gap
   */
  public HtmlPage images(
      String corner, List<String> columns, List<String> rows, List<List<Optional<String>>> images) {
    body.append("<div class=\"scroll\"><table>\n<tr>");
    element("th", "", corner);
    columns.forEach(column -> element("th", "", column));
    body.append("</tr>\n");
    for (int i = 0; i < rows.size(); i++) {
      body.append("<tr>");
      element("th", "", rows.get(i));
      for (int column = 0; column < columns.size(); column++) {
        body.append("<td class=\"image\">");
        String label = rows.get(i) + ", " + columns.get(column);
        images.get(i).get(column).ifPresent(uri -> image(uri, label));
        body.append("</td>");
      }
      body.append("</tr>\n");
    }
    body.append("</table></div>\n");
    return this;
  }

  private void image(String uri, String label) {
    body.append("<img alt=\"%s\" src=\"%s\">".formatted(escape(label), escape(uri)));
  }

  /** Returns the page as text, to be stored as UTF-8. */
  public String text() {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\
    """
        + escape(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n<main>\n"
        + body
        + "</main>\n</body>\n</html>\n";
  }
}
