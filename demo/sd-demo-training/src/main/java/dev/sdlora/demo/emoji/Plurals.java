package dev.sdlora.demo.emoji;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plural forms of English nouns. */
final class Plurals {
  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("man", "men"),
          Map.entry("woman", "women"),
          Map.entry("person", "people"),
          Map.entry("child", "children"),
          Map.entry("foot", "feet"),
          Map.entry("tooth", "teeth"),
          Map.entry("mouse", "mice"),
          Map.entry("goose", "geese"),
          Map.entry("wolf", "wolves"),
          Map.entry("leaf", "leaves"),
          Map.entry("knife", "knives"),
          Map.entry("scarf", "scarves"),
          Map.entry("loaf", "loaves"),
          Map.entry("fish", "fish"),
          Map.entry("sheep", "sheep"),
          Map.entry("deer", "deer"),
          Map.entry("bison", "bison"),
          Map.entry("ox", "oxen"),
          Map.entry("bus", "buses"),
          Map.entry("minibus", "minibuses"),
          Map.entry("trolleybus", "trolleybuses"),
          Map.entry("cactus", "cacti"),
          Map.entry("octopus", "octopuses"));

  /** Words that separate a noun from what follows it. */
  private static final Pattern BEHIND =
      Pattern.compile(" (with|without|of|in|on|at|for|showing|behind) ");

  private Plurals() {}

  /**
   * Returns the plural of a noun of one or more words. The last word before "with" or similar
   * changes.
   */
  static String of(String noun) {
    int end = head(noun);
    int last = noun.lastIndexOf(' ', end - 1) + 1;
    return noun.substring(0, last) + word(noun.substring(last, end)) + noun.substring(end);
  }

  /** Whether a noun is a plural, such as scissors and cherries. */
  static boolean isPlural(String noun) {
    String head = noun.substring(0, head(noun));
    String last = head.substring(head.lastIndexOf(' ') + 1);
    boolean irregular = IRREGULAR.containsValue(last) && !IRREGULAR.containsKey(last);
    boolean regular = last.matches(".*[^sui]s") && !last.equals("rhinoceros");
    return irregular || regular;
  }

  private static int head(String noun) {
    Matcher behind = BEHIND.matcher(noun);
    return behind.find() ? behind.start() : noun.length();
  }

  private static String word(String word) {
    String irregular = IRREGULAR.get(word);
    if (irregular != null) {
      return irregular;
    } else if (word.matches(".*(s|x|z|ch|sh)")) {
      return word.endsWith("s") && !word.endsWith("ss") ? word : word + "es";
    } else if (word.matches(".*[^aeiou]y")) {
      return word.substring(0, word.length() - 1) + "ies";
    } else if (word.matches("potato|tomato|mango|volcano|hero")) {
      return word + "es";
    }
    return word + "s";
  }
}
