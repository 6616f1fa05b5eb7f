package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds text that was probably meant as a LoRA tag but is plain text to A1111, such as {@code <
 * lora:x:1>}, {@code (lora:x:1)} or {@code ＜lora:x:1＞}.
 */
final class NearMissTags {
  private static final String KIND = "(lora|lycoris|lyco|locon|loha|lokr|hypernet)";
  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS;

  /** The content of angle brackets, or the text up to the next opening one. */
  private static final Pattern ANGLED = Pattern.compile("<([^<>]*+)(>?)");

  /** A word for a kind at the start of the content, and the text after it. */
  private static final Pattern KIND_FIRST =
      Pattern.compile("[\\s/\\\\@]*+" + KIND + "s?+(?!\\w)(.*+)", FLAGS | Pattern.DOTALL);

  private static final String WORD = "[^\\s:=;,|<>()\\[\\]{}\"'`]{1,200}+";
  private static final String NUMBER = "[+-]?[.\\d]++";

  /** A kind without angle brackets: with name and number, or close to a name. */
  private static final Pattern BARE =
      Pattern.compile(
          "(?<![\\w<])"
              + KIND
              + "(\\s*+[:=]\\s*+[^\\s:=;,|<>()\\[\\]{}][^:=;,|<>()\\[\\]{}\\n]{0,200}+"
              + "[:=;|]\\s*+"
              + NUMBER
              + "(?!\\w)|:"
              + WORD
              + ")>?",
          FLAGS);

  /** The same with blanks, which is only a tag if other brackets enclose it. */
  private static final Pattern BLANKS =
      Pattern.compile(
          "(?<=[(\\[{\"'`])" + KIND + "(\\s++" + WORD + "\\s++" + NUMBER + ")(?=[)\\]}\"'`])",
          FLAGS);

  private static final String OPENING = "([{\"'`";
  private static final String CLOSING = ")]}\"'`";

  private final Predicate<String> isLora;
  private final List<AlmostTag> found = new ArrayList<>();

  /**
   * Text that looks like a tag.
   *
   * @param span its range in the prompt
   * @param written the text as written
   * @param meant the tag that was probably meant
   * @param unclosed whether only its end is missing
   */
  record AlmostTag(Span span, String written, String meant, boolean unclosed) {}

  private NearMissTags(Predicate<String> isLora) {
    this.isLora = isLora;
  }

  /**
   * Returns all near misses of a prompt, in order.
   *
   * @param cut the tags and comments, which are not searched
   * @param isLora whether a LoRA of this name exists
   */
  static List<AlmostTag> find(String prompt, ExtraNetworks cut, Predicate<String> isLora) {
    NearMissTags tags = new NearMissTags(isLora);
    int from = 0;
    for (Span span : cut.cuts()) {
      tags.examine(prompt.substring(from, span.start()), from);
      from = span.end();
    }
    tags.examine(prompt.substring(from), from);
    tags.found.sort(Comparator.comparingInt(tag -> tag.span().start()));
    return tags.found;
  }

  private void examine(String text, int offset) {
    FoldedText folded = new FoldedText(text);
    String all = folded.folded();
    Matcher angled = ANGLED.matcher(all);
    int from = 0;
    while (angled.find()) {
      findBare(folded, all, from, angled.start(), offset);
      from = examineBetween(folded, angled, offset);
    }
    findBare(folded, all, from, all.length(), offset);
  }

  /**
   * Checks text that begins with an angle bracket and returns where the search for other tags
   * continues.
   */
  private int examineBetween(FoldedText folded, Matcher angled, int offset) {
    String inside = angled.group(1);
    boolean closed = !angled.group(2).isEmpty();
    Matcher kind = KIND_FIRST.matcher(inside);
    if (kind.matches()) {
      TagWords words = TagWords.of(kind.group(1), kind.group(2), closed);
      int end = closed ? angled.end() : angled.start(1) + kind.start(2) + words.length();
      add(folded, angled.start(), end, words.meant(), offset);
      return end;
    }
    if (closed && !inside.isBlank()) {
      TagWords words = TagWords.of("lora", ":" + inside, true);
      if (!words.name().isEmpty() && isLora.test(words.name())) {
        add(folded, angled.start(), angled.end(), words.meant(), offset);
        return angled.end();
      }
    }
    return angled.start();
  }

  private void findBare(FoldedText folded, String all, int from, int to, int offset) {
    for (Pattern pattern : List.of(BARE, BLANKS)) {
      Matcher bare = pattern.matcher(all).region(from, to).useTransparentBounds(true);
      while (bare.find()) {
        TagWords words = TagWords.of(bare.group(1), bare.group(2), true);
        // (lora:1.2) is a weighted word.
        if (words.name().codePoints().anyMatch(Character::isLetter)) {
          boolean enclosed = isEnclosed(all, bare.start(), bare.end());
          int border = enclosed ? 1 : 0;
          add(folded, bare.start() - border, bare.end() + border, words.meant(), offset);
        }
      }
    }
  }

  /** Whether matching brackets or quotation marks enclose a range. */
  private static boolean isEnclosed(String text, int from, int to) {
    int opening = from == 0 ? -1 : OPENING.indexOf(text.charAt(from - 1));
    return opening >= 0 && to < text.length() && text.charAt(to) == CLOSING.charAt(opening);
  }

  private void add(FoldedText folded, int from, int to, String meant, int offset) {
    Span origin = folded.origin(from, to);
    String written = folded.written(origin);
    boolean unclosed =
        !written.endsWith(">") && (written.startsWith("<lora:") || written.startsWith("<lyco:"));
    found.add(
        new AlmostTag(
            new Span(origin.start() + offset, origin.end() + offset), written, meant, unclosed));
  }
}
