package dev.sdlora.prompt.tree;

import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The probable meaning of the words of a near-miss tag.
 *
 * @param kind the kind of the tag
 * @param name the name; empty if there is none
 * @param arguments the arguments after the name
 * @param length the number of characters understood
 */
record TagWords(String kind, String name, List<String> arguments, int length) {
  private static final Map<String, String> KINDS =
      Map.of("lyco", "lyco", "lycoris", "lyco", "hypernet", "hypernet");

  private static final String NUMBER = "[+-]?(?:\\d++(?:\\.\\d*+)?|\\.\\d++)";

  /** A name and a number with a wrong separator between them. */
  private static final Pattern NAME_AND_NUMBER =
      Pattern.compile("(.*?[^\\s;,=|@])[\\s;,=|@]+(" + NUMBER + ")\\s*", Pattern.DOTALL);

  /** A number, a schedule of numbers, or a named value. */
  private static final Pattern ARGUMENT =
      Pattern.compile(NUMBER + "|[\\s\\d.,;@+-]++|\\s*+(?:te|unet|dyn|lbw|mask)\\s*+=.*+");

  /** The text that may follow the kind if nothing marks the end: one word, and numbers. */
  private static final Pattern UNCLOSED =
      Pattern.compile(
          "\\s*+(?:[:=;,|]\\s*+)?+[^\\s:=;,|<>()\\[\\]{}]*+(?:\\s*+[:=;,|]\\s*+" + NUMBER + ")*+");

  /**
   * Parses the text after a kind.
   *
   * @param written the kind as written
   * @param rest the text after it
   * @param closed whether all of that text belongs to the tag
   */
  static TagWords of(String written, String rest, boolean closed) {
    String kind = KINDS.getOrDefault(FoldedText.lower(written), "lora");
    String used = rest;
    if (!closed) {
      Matcher start = UNCLOSED.matcher(rest);
      used = start.lookingAt() ? start.group() : "";
    }
    List<String> fields = fields(used);
    String name = fields.isEmpty() ? "" : unquoted(fields.get(0));
    List<String> arguments =
        fields.stream()
            .skip(1)
            .filter(ARGUMENT.asMatchPredicate())
            .collect(toCollection(ArrayList::new));
    Matcher number = NAME_AND_NUMBER.matcher(name);
    if (arguments.isEmpty() && number.matches()) {
      name = number.group(1).strip();
      arguments.add(number.group(2));
    }
    return new TagWords(kind, name, List.copyOf(arguments), used.length());
  }

  private static List<String> fields(String text) {
    String divider = ":";
    if (text.indexOf(':') < 0 && !text.isEmpty()) {
      char first = text.charAt(0);
      divider = Character.isWhitespace(first) ? "[;,=|]" : Pattern.quote(String.valueOf(first));
    }
    return Arrays.stream(text.split(divider))
        .map(field -> field.replaceFirst("^[\\s;,=|]+", "").strip())
        .filter(field -> !field.isEmpty())
        .toList();
  }

  private static String unquoted(String name) {
    return name.replaceAll("^[\"'`]+|[\"'`]+$", "");
  }

  /** Returns the tag that was probably meant by a name from which no colon separates the weight. */
  static String meant(String kind, String name) {
    return of(kind, ":" + name, true).meant();
  }

  /** Returns the tag in prompt syntax. */
  String meant() {
    if (name.isEmpty()) {
      return "<" + kind + ":name:weight>";
    }
    return "<"
        + kind
        + ":"
        + name
        + ":"
        + (arguments.isEmpty() ? "1" : String.join(":", arguments))
        + ">";
  }
}
