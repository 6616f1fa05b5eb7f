package dev.sdlora.prompt.taught;

import dev.sdlora.api.value.EditDistance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The words that a model was taught. Immutable. */
public final class KnownWords {
  /** Longer ones are no words that somebody mistyped, and would take long to compare. */
  private static final int LONGEST = 40;

  /** Of less than three letters none is like another. */
  private static final int SHORTEST = 3;

  /** More words are not named in one sentence. */
  private static final int NAMED = 8;

  private final Set<String> entries;

  /** What they consist of, and what was added. */
  private final Set<String> words;

  private KnownWords(Set<String> entries, Set<String> words) {
    this.entries = entries;
    this.words = words;
  }

  /**
   * The words of some entries.
   *
   * @param entries each a word or a few, in small letters; none if the model does not tell
   */
  public static KnownWords of(Collection<String> entries) {
    return new KnownWords(Set.copyOf(entries), Set.of()).with(entries.stream());
  }

  /** The same with all words of some texts, which others have taught it. */
  public KnownWords with(Stream<String> texts) {
    Set<String> all = new HashSet<>(words);
    texts
        .flatMap(PromptWords::in)
        .flatMap(word -> Stream.concat(Stream.of(word), parts(word)))
        .forEach(all::add);
    return new KnownWords(entries, all);
  }

  /** Whether the model does not tell what it was taught, so that nothing is known of words. */
  public boolean isEmpty() {
    return words.isEmpty();
  }

  private static Stream<String> parts(String word) {
    return Arrays.stream(word.split("-"));
  }

  /**
   * Whether it was taught a word, alone or in a phrase, in the plural or in parts between hyphens.
   *
   * @param word as {@link PromptWords} gives it
   */
  public boolean has(String word) {
    return isTaught(word) || (word.contains("-") && parts(word).allMatch(this::isTaught));
  }

  private boolean isTaught(String word) {
    return forms(word).anyMatch(words::contains);
  }

  /** A word and what it may be the plural or the genitive of, by the usual endings. */
  private static Stream<String> forms(String word) {
    return Stream.concat(
        Stream.of(word),
        Stream.of(
                cut(word, "'s", ""), cut(word, "s", ""), cut(word, "es", ""), cut(word, "ies", "y"))
            .flatMap(Optional::stream));
  }

  /** Without an ending: "as" is no plural of "a". */
  private static Optional<String> cut(String word, String ending, String singular) {
    int stem = word.length() - ending.length();
    return word.endsWith(ending) && stem >= 2
        ? Optional.of(word.substring(0, stem) + singular)
        : Optional.empty();
  }

  /**
   * The warning about those of some words that it was not taught, with what may have been meant.
   *
   * @param words as {@link PromptWords} gives them
   * @return one sentence; empty if it was taught them all
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
            + "; it draws what it knows of the rest");
  }

  private String named(String word) {
    return word.length() > LONGEST
        ? "'" + word.substring(0, word.offsetByCodePoints(0, LONGEST / 2)) + "…'"
        : "'" + word + "'" + nearest(word).map(near -> " (nearest: '" + near + "')").orElse("");
  }

  /**
   * The entry, or the word of one, that is one mistake away from a word; of several the one that
   * begins most like it, then the first in the alphabet. Words with more mistakes are more often
   * other words than mistyped ones.
   */
  Optional<String> nearest(String word) {
    record Candidate(String entry, int mistakes, int right) {}
    return forms(word)
        .filter(form -> form.length() >= SHORTEST)
        .flatMap(
            form ->
                Stream.concat(entries.stream(), words.stream())
                    .filter(entry -> Math.abs(entry.length() - form.length()) <= 1)
                    .map(
                        entry ->
                            new Candidate(
                                entry, EditDistance.between(form, entry), right(form, entry)))
                    .filter(candidate -> candidate.mistakes <= 1))
        .min(
            Comparator.comparingInt(Candidate::mistakes)
                .thenComparing(Candidate::right, Comparator.reverseOrder())
                .thenComparing(Candidate::entry))
        .map(Candidate::entry);
  }

  /** How many letters are right before the first that is wrong. */
  private static int right(String word, String meant) {
    int wrong = Arrays.mismatch(word.toCharArray(), meant.toCharArray());
    return wrong < 0 ? word.length() : wrong;
  }
}
