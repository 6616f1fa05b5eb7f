package dev.sdlora.prompt.tree;

import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the words of an almost-tag were probably meant to say.
 *
 * @param kind of the tag
 * @param name empty if there is none
 * @param arguments behind the name
 * @param length how many characters were understood
 */
record TagWords(String kind, String name, List<String> arguments, int length) {
  private static final Map<String, String> KINDS =
      Map.of("lyco", "lyco", "lycoris", "lyco", "hypernet", "hypernet");

  private static final String NUMBER = "[+-]?(?:\\d++(?:\\.\\d*+)?|\\.\\d++)";

  /** A name and a number with a wrong sign between them. */
  private static final Pattern NAME_AND_NUMBER =
      Pattern.compile("(.*?[^\\s;,=|@])[\\s;,=|@]+(" + NUMBER + ")\\s*", Pattern.DOTALL);

  /** A number, a schedule of numbers, or a value with its name. */
  private static final Pattern ARGUMENT =
      Pattern.compile(NUMBER + "|[\\s\\d.,;@+-]++|\\s*+(?:te|unet|dyn|lbw|mask)\\s*+=.*+");

  /** What may follow the kind where nothing shows the end: one word, and numbers. */
  private static final Pattern UNCLOSED =
      Pattern.compile(
          "\\s*+(?:[:=;,|]\\s*+)?+[^\\s:=;,|<>()\\[\\]{}]*+(?:\\s*+[:=;,|]\\s*+" + NUMBER + ")*+");

  /**
   * Reads what follows a kind.
   *
   * @param written the kind as written
   * @param rest what follows it
   * @param closed whether all of that belongs to the tag
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

  /** A name in a tag from which a weight is not divided by a colon, as it was meant. */
  static String meant(String kind, String name) {
    return of(kind, ":" + name, true).meant();
  }

  /** The tag as it is written. */
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
