package dev.sdlora.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** A table of bars, one or two in each row. Not safe for use by several threads. */
public final class BarTable {
  private final String label;
  private final List<String> series;
  private final DoubleFunction<String> number;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String label, List<Double> values) {}

  /**
   * Creates an empty chart.
   *
   * @param label the title of the labels of rows
   * @param series the names of the bars of a row, one or two
   * @param number formats a value
   */
  public BarTable(String label, List<String> series, DoubleFunction<String> number) {
    this.label = label;
    this.series = List.copyOf(series);
    this.number = number;
  }

  /**
   * Adds a row.
   *
   * @param values a value for each bar, at least 0; NaN for no bar
   */
  public BarTable row(String name, List<Double> values) {
    rows.add(new Row(name, List.copyOf(values)));
    return this;
  }

  String html() {
    double most = Axis.largest(rows.stream().flatMap(row -> row.values.stream()));
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n<tr><th>");
    html.append(HtmlPage.escape(label)).append("</th><th>");
    for (int i = 0; i < series.size(); i++) {
      html.append("<span class=\"key %s\"></span>".formatted(colour(i)));
      html.append(HtmlPage.escape(series.get(i)));
    }
    html.append("</th>");
    series.forEach(name -> html.append("<th class=\"number\">" + HtmlPage.escape(name) + "</th>"));
    html.append("</tr>\n");
    for (Row row : rows) {
      html.append("<tr><td>").append(HtmlPage.escape(row.label)).append("</td><td class=\"bars\">");
      for (int i = 0; i < row.values.size(); i++) {
        double value = row.values.get(i);
        if (!Double.isNaN(value)) {
          double share = Double.isFinite(value) && most > 0 ? value / most : 1;
          html.append(
              "<span class=\"bar %s\" style=\"width:%s%%\"></span>"
                  .formatted(colour(i), LineChart.text(100 * (most > 0 ? share : 0))));
        }
      }
      html.append("</td>");
      for (double value : row.values) {
        String text = Double.isNaN(value) ? "–" : number.apply(value);
        html.append("<td class=\"number\">" + HtmlPage.escape(text) + "</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</table></div>\n").toString();
  }

  private static String colour(int index) {
    return index == 0 ? "one" : "two";
  }
}
