package dev.sdlora.lora.library;

import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.lora.TriggerWord.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The texts that trigger the effect of a LoRA: those that somebody wrote down for this purpose, and
 * those that are clear from its training. A file may contain several styles, each with its own
 * words.
 *
 * @param styles the trigger text of each style, in order; empty if none is known
 * @param words the words and phrases of all styles; at least one of them should be in a prompt
 */
public record Triggers(List<String> styles, Set<String> words) {
  /** The triggers of a LoRA without known triggers. */
  static final Triggers NONE = new Triggers(List.of(), Set.of());

  /**
   * The number of words from which a text is a sentence, which nobody expects in prompts verbatim.
   */
  private static final int SENTENCE = 5;

  /** Shorter words in sentences are mostly articles and prepositions. */
  private static final int SHORTEST_WORD = 3;

  /** Longer texts are not meant for prompts. */
  private static final int LONGEST = 4_000;

  private static final int MOST = 200;

  /** Sources from the most to the least deliberate, after the names of embeddings in the file. */
  private static final List<Source> WRITTEN =
      List.of(Source.ACTIVATION_TEXT, Source.TRAINED_WORDS, Source.TRIGGER_PHRASE);

  /** Copies both collections. */
  public Triggers {
    styles = List.copyOf(styles);
    words = Set.copyOf(words);
  }

  /**
   * Creates the triggers of a file.
   *
   * @param known all known trigger words
   * @param calling the triggering tag of each folder of its training images, where it is clear;
   *     used if nobody wrote anything down
   */
  static Triggers of(List<TriggerWord> known, List<String> calling) {
    List<String> styles = new ArrayList<>();
    Set<String> words = new LinkedHashSet<>();
    for (Source source : WRITTEN) {
      // A text with the same words from another source is not another style.
      List<String> further =
          texts(known, source)
              .filter(text -> distinctiveWords(text).noneMatch(words::contains))
              .toList();
      styles.addAll(further);
      texts(known, source).flatMap(Triggers::distinctiveWords).forEach(words::add);
    }
    String along = texts(known, Source.TRAINED_ALONG).collect(Collectors.joining());
    if (!along.isEmpty()) {
      texts(known, Source.TRAINED_ALONG).flatMap(Triggers::distinctiveWords).forEach(words::add);
      if (styles.isEmpty()) {
        styles.add(along);
      } else if (!styles.get(0).contains(along)) {
        styles.set(0, along + ", " + styles.get(0));
      }
    }
    return styles.isEmpty()
        ? new Triggers(calling, distinctiveWords(calling))
        : new Triggers(styles, words);
  }

  private static Stream<String> texts(List<TriggerWord> known, Source source) {
    return known.stream()
        .filter(word -> word.source() == source)
        .map(TriggerWord::text)
        .filter(text -> text.length() <= LONGEST)
        .limit(MOST);
  }

  private static Set<String> distinctiveWords(List<String> texts) {
    return texts.stream().flatMap(Triggers::distinctiveWords).collect(Collectors.toSet());
  }

  /**
   * The distinctive words and phrases of a text: its parts between commas, with sentences split
   * into words, without those that are common in other prompts. If nothing is left, all parts.
   */
  private static Stream<String> distinctiveWords(String text) {
    List<String> parts = PhraseText.parts(text).stream().flatMap(Triggers::takenApart).toList();
    List<String> distinctive =
        parts.stream().filter(word -> !CommonCaptionWords.contain(word)).toList();
    return (distinctive.isEmpty() ? parts : distinctive).stream();
  }

  private static Stream<String> takenApart(String part) {
    String[] words = part.split(" ");
    return words.length < SENTENCE
        ? Stream.of(part)
        : Arrays.stream(words).filter(word -> word.length() >= SHORTEST_WORD);
  }

  /** Whether no trigger is needed or known. */
  public boolean isEmpty() {
    return styles.isEmpty();
  }

  /** The trigger text of the first style. */
  public Optional<String> first() {
    return styles.stream().findFirst();
  }

  /**
   * Whether a prompt contains one of the words of any style. Ignores case, weights and the amount
   * of whitespace.
   *
   * @param prompt the prompt without its tags
   */
  public boolean areIn(String prompt) {
    List<String> parts = PhraseText.parts(prompt);
    return words.stream()
        .anyMatch(word -> parts.stream().anyMatch(part -> PhraseText.contains(part, word)));
  }
}
