package dev.sdlora.prompt.taught;

import dev.sdlora.api.value.EditDistance;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The words that a model was trained on. Immutable. */
public final class KnownWords {
  /** The longest word compared. Longer ones are unlikely to be typos and slow to compare. */
  private static final int LONGEST = 40;

  /** The shortest word compared. Shorter ones resemble too many others. */
  private static final int SHORTEST = 3;

  /** The length from which a word with one other letter is likely to be a typo. */
  private static final int LONG = 5;

  /** The most words listed in a warning. */
  private static final int NAMED = 8;

  private final Set<String> entries;

  /** The single words of the entries, and the words added later. */
  private final Set<String> words;

  private KnownWords(Set<String> entries, Set<String> words) {
    this.entries = entries;
    this.words = words;
  }

  /**
   * Returns the words of some entries.
   *
   * @param entries words or short phrases in lower case; empty if the model does not list its words
   */
  public static KnownWords of(Collection<String> entries) {
    return new KnownWords(Set.copyOf(entries), Set.of()).with(entries.stream());
  }

  /**
   * Returns a copy with all words of the given texts, such as those that a LoRA or an embedding
   * added.
   */
  public KnownWords with(Stream<String> texts) {
    Set<String> all = new HashSet<>(words);
    texts
        .flatMap(PromptWords::in)
        .flatMap(word -> Stream.concat(Stream.of(word), parts(word)))
        .forEach(all::add);
    return new KnownWords(entries, all);
  }

  /** Whether the model does not list its words, so that none can be checked. */
  public boolean isEmpty() {
    return words.isEmpty();
  }

  private static Stream<String> parts(String word) {
    return Arrays.stream(word.split("-"));
  }

  /**
   * Whether the model was trained on a word, alone or in a phrase; also checks the singular of a
   * plural, and the parts of a hyphenated word.
   *
   * @param word a word as returned by {@link PromptWords}
   */
  public boolean has(String word) {
    return isTaught(word) || (word.contains("-") && parts(word).allMatch(this::isTaught));
  }

  private boolean isTaught(String word) {
    return forms(word).anyMatch(words::contains);
  }

  /** Returns a word and its possible base forms, by the usual plural and genitive endings. */
  private static Stream<String> forms(String word) {
    String owner = cut(word, "'s", "").orElse(word);
    return Stream.concat(
            Stream.of(word, owner),
            Stream.of(cut(owner, "s", ""), cut(owner, "es", ""), cut(owner, "ies", "y"))
                .flatMap(Optional::stream))
        .distinct();
  }

  /** Removes an ending, unless the rest is too short: "as" is not the plural of "a". */
  private static Optional<String> cut(String word, String ending, String singular) {
    int stem = word.length() - ending.length();
    return word.endsWith(ending) && stem >= 2
        ? Optional.of(word.substring(0, stem) + singular)
        : Optional.empty();
  }

  /**
   * Returns a warning that lists the words on which the model was not trained, with suggestions.
   *
   * @param words words as returned by {@link PromptWords}
   * @return one sentence; empty if the model knows all words
   */
  public Optional<String> warning(Stream<String> words) {
    List<String> unknown = words.filter(word -> !has(word)).distinct().toList();
    if (unknown.isEmpty()) {
      return Optional.empty();
    }
    List<String> named = new ArrayList<>(unknown.stream().limit(NAMED).map(this::named).toList());
    if (unknown.size() > NAMED) {
      named.add(unknown.size() - NAMED + " more");
    }
    String last = named.remove(named.size() - 1);
    return Optional.of(
        "this model was not taught the "
            + (named.isEmpty() ? "word " : "words " + String.join(", ", named) + " and ")
            + last
            + "; it draws only what it knows");
  }

  private String named(String word) {
    return word.length() > LONGEST
        ? "'" + word.substring(0, word.offsetByCodePoints(0, LONGEST / 2)) + "…'"
        : "'" + word + "'" + nearest(word).map(near -> " (nearest: '" + near + "')").orElse("");
  }

  /**
   * Returns a word that the model knows and that the given one is likely to mean: a synonym, else
   * the entry, or the single word of one, that is spelled nearly the same. Of several, the one with
   * the longest common beginning wins, then the first in the alphabet.
   */
  Optional<String> nearest(String word) {
    return synonym(word).or(() -> likeliest(word));
  }

  private Optional<String> synonym(String word) {
    List<String> alike = Synonyms.of(forms(word)).toList();
    return alike.stream()
        .filter(entries::contains)
        .findFirst()
        .or(() -> alike.stream().filter(words::contains).findFirst());
  }

  private Optional<String> likeliest(String word) {
    record Candidate(String entry, int right) {}
    return forms(word)
        .filter(form -> form.length() >= SHORTEST)
        .flatMap(
            form ->
                Stream.concat(entries.stream(), words.stream())
                    .filter(entry -> Math.abs(entry.length() - form.length()) <= 1)
                    .filter(entry -> isTypo(form, entry))
                    .map(entry -> new Candidate(entry, right(form, entry))))
        .min(
            Comparator.comparing(Candidate::right, Comparator.reverseOrder())
                .thenComparing(Candidate::entry))
        .map(Candidate::entry);
  }

  /**
   * Whether a word is likely to be another one, mistyped: one edit apart. A short word with another
   * letter is more often another word (sea, seal), so only swapped and doubled letters, accents and
   * letters that sound the same (kat, cat) count there.
   */
  private static boolean isTypo(String word, String meant) {
    if (EditDistance.between(word, meant) > 1) {
      return false;
    }
    return Math.min(word.length(), meant.length()) >= LONG
        || sorted(word).equals(sorted(meant))
        || sound(word).equals(sound(meant));
  }

  private static String sorted(String word) {
    char[] letters = word.toCharArray();
    Arrays.sort(letters);
    return new String(letters);
  }

  private static String sound(String word) {
    return Normalizer.normalize(word, Normalizer.Form.NFD)
        .replaceAll("\\p{M}+", "")
        .replaceAll("[cq]", "k")
        .replace('z', 's')
        .replace('y', 'i')
        .replaceAll("(.)\\1+", "$1");
  }

  /** Returns the number of letters before the first difference. */
  private static int right(String word, String meant) {
    int wrong = Arrays.mismatch(word.toCharArray(), meant.toCharArray());
    return wrong < 0 ? word.length() : wrong;
  }
}
