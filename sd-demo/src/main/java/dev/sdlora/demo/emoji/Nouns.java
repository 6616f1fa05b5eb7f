package dev.sdlora.demo.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Shape;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The nouns that scenes are made of: emoji that stand for things, creatures and people, by their
 * Unicode names, with synonyms from keywords that no other emoji has and from a list of everyday
 * words.
 */
public final class Nouns {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> GROUPS =
      Set.of(
          "Smileys & Emotion",
          "People & Body",
          "Animals & Nature",
          "Food & Drink",
          "Travel & Places",
          "Activities",
          "Objects");

  /** Symbols that name things too. */
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

  private static final Set<String> COLOURS =
      Set.of(
          "red", "orange", "yellow", "green", "blue", "purple", "brown", "black", "white", "pink",
          "grey", "gray", "light");

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

  /** Times of day, variants of people, and marks that are letters or arrows. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(?i).*(o’clock|-thirty|facing right|heart\\b|suit$|button|arrow|\\bfamily\\b|japanese"
              + "|\\bholding hands|\\bcouple\\b|\\bkiss\\b).*|(man|woman|men|women|person|people) .+"
              + "|(first|last) quarter moon|w(ax|an)ing .*|star|ring|(full|new) moon");

  /** The first keywords of an emoji are the closest ones. */
  private static final int MOST_KEYWORDS = 2;

  private final List<Noun> nouns;

  private Nouns(List<Noun> nouns) {
    this.nouns = List.copyOf(nouns);
  }

  /** Reads the names and keywords. */
  public static Nouns read(Path cache) throws IOException {
    JsonNode names = JSON.readTree(NpmPackage.NAMES.file(cache, "data-by-emoji.json"));
    JsonNode icons = JSON.readTree(NpmPackage.FLUENT_FLAT.file(cache, "chars.json"));
    JsonNode keywords = JSON.readTree(NpmPackage.KEYWORDS.file(cache, "dist/emoji-en-US.json"));
    Map<String, String> emojis = new LinkedHashMap<>(); // by word
    Map<String, String> official = new HashMap<>(); // words by Unicode's names
    names
        .properties()
        .forEach(
            entry -> {
              String name = entry.getValue().path("name").asText();
              String word = word(name);
              boolean wanted =
                  GROUPS.contains(entry.getValue().path("group").asText())
                      ? !LEFT_OUT.matcher(name).matches()
                      : SYMBOLS.contains(name);
              if (wanted
                  && !icon(icons, codePoints(entry.getKey())).isEmpty()
                  && emojis.putIfAbsent(word, entry.getKey()) == null) {
                official.put(name, word);
              }
            });
    Map<String, Set<String>> everyday = everyday(official);
    Map<String, Set<String>> synonyms = synonyms(emojis, keywords, everyday);
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

  /** What captions call an emoji: its name without what no one would type. */
  private static String word(String name) {
    String word =
        name.toLowerCase(Locale.ROOT).replace('’', '\'').replaceAll("[“”():,!.]", "").strip();
    int space = word.indexOf(' ');
    if (space > 0 && COLOURS.contains(word.substring(0, space))) {
      return word.substring(space + 1);
    }
    return word;
  }

  private static Map<String, Set<String>> synonyms(
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
    words.addAll(COLOURS);
    return words;
  }

  /** Everyday words by the word of the noun that they mean. */
  private static Map<String, Set<String>> everyday(Map<String, String> official) {
    Map<String, Set<String>> words = new LinkedHashMap<>();
    InputStream resource =
        Objects.requireNonNull(Nouns.class.getResourceAsStream("everyday-words.tsv"));
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
      throw new java.io.UncheckedIOException(e);
    }
    return words;
  }

  private static int common(String word, Map<String, Set<String>> everyday) {
    int least = token(word);
    for (String said : everyday.getOrDefault(word, Set.of())) {
      least = Math.min(least, token(said));
    }
    return least;
  }

  /** The number of a word's token, or the largest number if it has several. */
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

  /** All nouns, in Unicode's order. */
  public List<Noun> all() {
    return nouns;
  }

  /** The nouns that are asked for most. */
  public List<Noun> commonest(int count) {
    return nouns.stream().sorted(Comparator.comparingInt(Noun::common)).limit(count).toList();
  }
}
