package dev.sdlora.demo.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What nouns are also called: everyday words from a list, and keywords that no other emoji has. No
 * word is a synonym of two nouns.
 */
final class Synonyms {
  /** Keywords that say nothing of what a drawing shows, or nothing kind. */
  private static final Set<String> NOT_SAID =
      Set.of(
          "terrorism",
          "virgin",
          "butt",
          "kills",
          "cock",
          "drug",
          "harm",
          "done",
          "more",
          "less",
          "show",
          "single",
          "addition",
          "external",
          "jaws",
          "july",
          "lgbt",
          "mcdonalds",
          "ikea",
          "kissing",
          "girls",
          "regular",
          "first",
          "three",
          "second",
          "primary",
          "resources",
          "assembly",
          "election",
          "please",
          "hope");

  /** The first keywords of an emoji are the closest ones. */
  private static final int MOST_KEYWORDS = 2;

  private Synonyms() {}

  /**
   * Synonyms by the words of nouns.
   *
   * @param emojis by the words of nouns
   * @param keywords of emoji, the closest first
   * @param everyday what {@link #everyday} gives, which comes before keywords
   */
  static Map<String, Set<String>> of(
      Map<String, String> emojis, JsonNode keywords, Map<String, Set<String>> everyday) {
    Map<String, List<String>> users = new TreeMap<>(); // words of nouns by keyword
    emojis.forEach(
        (word, emoji) ->
            keywords
                .path(emoji)
                .forEach(
                    keyword ->
                        users
                            .computeIfAbsent(keyword.asText(), key -> new ArrayList<>())
                            .add(word)));
    Set<String> taken = reserved();
    taken.addAll(emojis.keySet());
    Map<String, Set<String>> synonyms = new HashMap<>();
    everyday.forEach(
        (word, words) ->
            words.stream()
                .filter(taken::add)
                .forEach(said -> synonyms.computeIfAbsent(word, key -> new TreeSet<>()).add(said)));
    emojis.forEach(
        (word, emoji) -> {
          int kept = 0;
          for (JsonNode keyword : keywords.path(emoji)) {
            String said = keyword.asText();
            boolean own = Objects.requireNonNullElse(users.get(said), List.of()).size() == 1;
            if (own && kept < MOST_KEYWORDS && said.matches("[a-z]{4,}") && taken.add(said)) {
              synonyms.computeIfAbsent(word, key -> new TreeSet<>()).add(said);
              kept++;
            }
          }
        });
    return synonyms;
  }

  /** Words that captions use for something else. */
  private static Set<String> reserved() {
    Set<String> words =
        new HashSet<>(
            Set.of(
                "left",
                "right",
                "top",
                "bottom",
                "above",
                "below",
                "under",
                "next",
                "small",
                "large",
                "big",
                "tiny",
                "two",
                "three",
                "background",
                "striped",
                "dotted",
                "checkered",
                "and",
                "with",
                "the",
                "beside",
                "over"));
    words.addAll(NOT_SAID);
    Arrays.stream(Colour.values()).map(Colour::word).forEach(words::add);
    Arrays.stream(Shape.values()).map(Shape::word).forEach(words::add);
    words.addAll(EmojiNames.COLOURS);
    return words;
  }

  /**
   * Everyday words by the word of the noun that they mean.
   *
   * @param official words of nouns by Unicode's names
   */
  static Map<String, Set<String>> everyday(Map<String, String> official) {
    Map<String, Set<String>> words = new LinkedHashMap<>();
    InputStream resource =
        Objects.requireNonNull(Synonyms.class.getResourceAsStream("everyday-words.tsv"));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        String word = official.get(line.substring(tab + 1));
        if (word != null) {
          words.computeIfAbsent(word, key -> new TreeSet<>()).add(line.substring(0, tab));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return words;
  }
}
