package dev.sdlora.demo.emoji;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Selects the emoji that represent things, creatures and people, and names them for captions. */
final class EmojiNames {
  private static final Set<String> GROUPS =
      Set.of(
          "Smileys & Emotion",
          "People & Body",
          "Animals & Nature",
          "Food & Drink",
          "Travel & Places",
          "Activities",
          "Objects");

  /** Emoji in the symbols group that name things. */
  private static final Set<String> SYMBOLS =
      Set.of(
          "atom symbol",
          "peace symbol",
          "radioactive",
          "biohazard",
          "recycling symbol",
          "yin yang",
          "star of David",
          "wheel of dharma",
          "menorah",
          "trident emblem",
          "fleur-de-lis",
          "no entry",
          "warning",
          "check mark",
          "cross mark",
          "question mark",
          "exclamation mark",
          "wheelchair symbol",
          "infinity",
          "trade mark",
          "plus",
          "minus",
          "divide",
          "multiply",
          "part alternation mark",
          "name badge");

  /** Words before a name that describe a look. */
  static final Set<String> COLOURS =
      Set.of(
          "red", "orange", "yellow", "green", "blue", "purple", "brown", "black", "white", "pink",
          "grey", "gray");

  /** Excluded emoji: times of day, variants of people, and marks that are letters or arrows. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(?i).*(o’clock|-thirty|facing right|heart\\b|suit$|button|arrow|\\bfamily\\b|japanese"
              + "|\\bholding hands|\\bcouple\\b|\\bkiss\\b).*|(man|woman|men|women|person|people) .+"
              + "|(first|last) quarter moon|w(ax|an)ing .*|star|ring|(full|new) moon");

  private EmojiNames() {}

  /** Whether scenes use an emoji, given its Unicode name and group. */
  static boolean isThing(String name, String group) {
    return GROUPS.contains(group) ? !LEFT_OUT.matcher(name).matches() : SYMBOLS.contains(name);
  }

  /** Returns the word for an emoji in captions: its name without parts that nobody would type. */
  static String word(String name) {
    String word =
        name.toLowerCase(Locale.ROOT).replace('’', '\'').replaceAll("[“”():,!.]", "").strip();
    int space = word.indexOf(' ');
    if (space > 0 && COLOURS.contains(word.substring(0, space))) {
      return word.substring(space + 1);
    }
    return word;
  }
}
