package dev.sdlora.api.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Comma-separated values; a value in double quotes may contain commas. */
final class QuotedList {
  private static final Pattern ITEM = Pattern.compile("\\G\\s*(?:\"([^\"]*)\"|([^,\"]*))\\s*(,|$)");

  private QuotedList() {}

  /**
   * Returns the values without surrounding spaces; quoted values keep theirs.
   *
   * @throws IllegalArgumentException if there is a quotation mark inside a value
   */
  static List<String> split(String text) {
    List<String> items = new ArrayList<>();
    Matcher item = ITEM.matcher(text);
    boolean more = true;
    while (more) {
      if (!item.find()) {
        throw new IllegalArgumentException("quotes must enclose a whole value: " + text);
      }
      String quoted = item.group(1);
      items.add(quoted != null ? quoted : item.group(2).strip());
      more = !item.group(3).isEmpty();
    }
    return items;
  }
}
