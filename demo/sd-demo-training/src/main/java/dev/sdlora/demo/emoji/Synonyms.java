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
 * Synonyms of nouns: everyday words from a list, and keywords that no other emoji has and that name
 * what a drawing shows (other keywords describe moods, uses and brands). No word is a synonym of
 * two nouns.
 */
final class Synonyms {
  private Synonyms() {}

  /**
   * Returns synonyms by noun.
   *
   * @param emojis the emoji by noun
   * @param keywords the keywords of emoji, the most relevant first
   * @param everyday the result of {@link #everyday}, which takes precedence over keywords
   */
  static Map<String, Set<String>> of(
      Map<String, String> emojis, JsonNode keywords, Map<String, Set<String>> everyday) {
    Map<String, List<String>> users = new TreeMap<>(); // nouns by keyword
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
    Set<String> fit = new HashSet<>();
    lines("keywords.txt").forEach(line -> fit.addAll(List.of(line.split(" ", -1))));
    Map<String, Set<String>> synonyms = new HashMap<>();
    everyday.forEach(
        (word, words) ->
            words.stream()
                .filter(taken::add)
                .forEach(
                    synonym ->
                        synonyms.computeIfAbsent(word, key -> new TreeSet<>()).add(synonym)));
    emojis.forEach(
        (word, emoji) -> {
          for (JsonNode keyword : keywords.path(emoji)) {
            String synonym = keyword.asText();
            boolean own = Objects.requireNonNullElse(users.get(synonym), List.of()).size() == 1;
            if (own && fit.contains(synonym) && taken.add(synonym)) {
              synonyms.computeIfAbsent(word, key -> new TreeSet<>()).add(synonym);
            }
          }
        });
    return synonyms;
  }

  /** Returns the words that captions use with another meaning. */
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
    Arrays.stream(Colour.values()).map(Colour::word).forEach(words::add);
    Arrays.stream(Shape.values()).map(Shape::word).forEach(words::add);
    words.addAll(EmojiNames.COLOURS);
    return words;
  }

  /**
   * Returns everyday words by the noun that they mean.
   *
   * @param official nouns by Unicode's names
   */
  static Map<String, Set<String>> everyday(Map<String, String> official) {
    Map<String, Set<String>> words = new LinkedHashMap<>();
    for (String line : lines("everyday-words.tsv")) {
      int tab = line.indexOf('\t');
      String word = official.get(line.substring(tab + 1));
      if (word != null) {
        words.computeIfAbsent(word, key -> new TreeSet<>()).add(line.substring(0, tab));
      }
    }
    return words;
  }

  private static List<String> lines(String name) {
    InputStream resource = Objects.requireNonNull(Synonyms.class.getResourceAsStream(name));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
