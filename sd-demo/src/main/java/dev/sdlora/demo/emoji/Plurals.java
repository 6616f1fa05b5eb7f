package dev.sdlora.demo.emoji;

import java.util.Map;

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
          Map.entry("ox", "oxen"));

  private Plurals() {}

  /** The plural of a noun of one or more words, of which the last one changes. */
  static String of(String noun) {
    int last = noun.lastIndexOf(' ') + 1;
    return noun.substring(0, last) + word(noun.substring(last));
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
