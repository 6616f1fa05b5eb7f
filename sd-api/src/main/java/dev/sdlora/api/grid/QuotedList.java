package dev.sdlora.api.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values between commas; in double quotes they may contain commas. */
final class QuotedList {
  private static final Pattern ITEM = Pattern.compile("\\G\\s*(?:\"([^\"]*)\"|([^,\"]*))\\s*(,|$)");

  private QuotedList() {}

  /**
   * The values, without spaces around them; quoted ones keep theirs.
   *
   * @throws IllegalArgumentException if there is a quote inside a value
   */
  static List<String> split(String text) {
    List<String> items = new ArrayList<>();
    Matcher item = ITEM.matcher(text);
    boolean more = true;
    while (more) {
      if (!item.find()) {
        throw new IllegalArgumentException("quotes must be around whole values: " + text);
      }
      String quoted = item.group(1);
      items.add(quoted != null ? quoted : item.group(2).strip());
      more = !item.group(3).isEmpty();
    }
    return items;
  }
}
