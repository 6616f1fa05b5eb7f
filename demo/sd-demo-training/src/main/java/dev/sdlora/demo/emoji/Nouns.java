package dev.sdlora.demo.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The nouns in scenes: emoji that represent things, creatures and people, by their Unicode names,
 * with synonyms from keywords that no other emoji has and from a list of everyday words.
 */
public final class Nouns {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Noun> nouns;

  private Nouns(List<Noun> nouns) {
    this.nouns = List.copyOf(nouns);
  }

  /** Reads the names and keywords from packages, downloading them into the cache on first use. */
  public static Nouns read(Path cache) throws IOException {
    return of(
        NpmPackage.NAMES.file(cache, "data-by-emoji.json"),
        NpmPackage.FLUENT_FLAT.file(cache, "chars.json"),
        NpmPackage.KEYWORDS.file(cache, "dist/emoji-en-US.json"));
  }

  /**
   * Creates nouns from names and keywords.
   *
   * @param nameFile names and groups by emoji, JSON
   * @param iconFile names of icons by code points, JSON; emoji without an icon are omitted
   * @param keywordFile lists of keywords by emoji, JSON
   */
  static Nouns of(byte[] nameFile, byte[] iconFile, byte[] keywordFile) throws IOException {
    JsonNode names = JSON.readTree(nameFile);
    JsonNode icons = JSON.readTree(iconFile);
    JsonNode keywords = JSON.readTree(keywordFile);
    Map<String, String> emojis = new LinkedHashMap<>(); // by word
    Map<String, String> official = new HashMap<>(); // words by Unicode's names
    names
        .properties()
        .forEach(
            entry -> {
              String name = entry.getValue().path("name").asText();
              String word = EmojiNames.word(name);
              if (EmojiNames.isThing(name, entry.getValue().path("group").asText())
                  && !icon(icons, codePoints(entry.getKey())).isEmpty()
                  && emojis.putIfAbsent(word, entry.getKey()) == null) {
                official.put(name, word);
              }
            });
    Map<String, Set<String>> everyday = Synonyms.everyday(official);
    Map<String, Set<String>> synonyms = Synonyms.of(emojis, keywords, everyday);
    List<Noun> nouns = new ArrayList<>();
    emojis.forEach(
        (word, emoji) ->
            nouns.add(
                new Noun(
                    word,
                    List.copyOf(Objects.requireNonNullElse(synonyms.get(word), Set.of())),
                    icon(icons, codePoints(emoji)),
                    codePoints(emoji),
                    common(word, everyday))));
    return new Nouns(nouns);
  }

  private static int common(String word, Map<String, Set<String>> everyday) {
    int least = token(word);
    for (String synonym : everyday.getOrDefault(word, Set.of())) {
      least = Math.min(least, token(synonym));
    }
    return least;
  }

  /** Returns the id of a word's token, or the largest integer if it has several. */
  private static int token(String word) {
    int[] ids =
        Chunks.of(List.of(new WeightedText(word, 1)), ClipTokenizer.standard()).get(0).ids();
    return ids[2] == ids[ids.length - 1] ? ids[1] : Integer.MAX_VALUE;
  }

  private static String codePoints(String emoji) {
    return emoji
        .codePoints()
        .filter(point -> point != 0xfe0f)
        .mapToObj(Integer::toHexString)
        .collect(Collectors.joining("-"));
  }

  private static String icon(JsonNode icons, String codePoints) {
    return icons.path(codePoints).asText();
  }

  /** Returns all nouns, in Unicode's order. */
  public List<Noun> all() {
    return nouns;
  }

  /** Returns the most common nouns. */
  public List<Noun> commonest(int count) {
    return nouns.stream().sorted(Comparator.comparingInt(Noun::common)).limit(count).toList();
  }
}
