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
 * What calls a LoRA up: what somebody wrote down for that, and what its training tells clearly. A
 * file may hold several styles, each called up by words of its own.
 *
 * @param styles for each style the text that calls it up, that of the first first; empty if nobody
 *     says
 * @param words the words and phrases of all of them of which one should be in a prompt
 */
public record Triggers(List<String> styles, Set<String> words) {
  /** What calls up a LoRA of which nobody says. */
  static final Triggers NONE = new Triggers(List.of(), Set.of());

  /** Whoever writes a sentence does not expect it in prompts as it is. */
  private static final int SENTENCE = 5;

  /** Shorter words of sentences are articles and the like. */
  private static final int SHORTEST_WORD = 3;

  /** Longer texts, and more of them, are written by nobody who wants them in prompts. */
  private static final int LONGEST = 4_000;

  private static final int MOST = 200;

  /** In the order of what is more deliberate, after the names of embeddings in the file. */
  private static final List<Source> WRITTEN =
      List.of(Source.ACTIVATION_TEXT, Source.TRAINED_WORDS, Source.TRIGGER_PHRASE);

  /** Copies both. */
  public Triggers {
    styles = List.copyOf(styles);
    words = Set.copyOf(words);
  }

  /**
   * The triggers of a file.
   *
   * @param known all trigger words that are known
   * @param calling of each folder of its training images the tag that calls it up, where that is
   *     clear; they count if nobody wrote anything down
   */
  static Triggers of(List<TriggerWord> known, List<String> calling) {
    List<String> styles = new ArrayList<>();
    Set<String> words = new LinkedHashSet<>();
    for (Source source : WRITTEN) {
      // What says the same thing in another place is no other style.
      List<String> said =
          texts(known, source)
              .filter(text -> tellingWords(text).noneMatch(words::contains))
              .toList();
      styles.addAll(said);
      texts(known, source).flatMap(Triggers::tellingWords).forEach(words::add);
    }
    String along = texts(known, Source.TRAINED_ALONG).collect(Collectors.joining());
    if (!along.isEmpty()) {
      texts(known, Source.TRAINED_ALONG).flatMap(Triggers::tellingWords).forEach(words::add);
      if (styles.isEmpty()) {
        styles.add(along);
      } else if (!styles.get(0).contains(along)) {
        styles.set(0, along + ", " + styles.get(0));
      }
    }
    return styles.isEmpty()
        ? new Triggers(calling, tellingWords(calling))
        : new Triggers(styles, words);
  }

  private static Stream<String> texts(List<TriggerWord> known, Source source) {
    return known.stream()
        .filter(word -> word.source() == source)
        .map(TriggerWord::text)
        .filter(text -> text.length() <= LONGEST)
        .limit(MOST);
  }

  private static Set<String> tellingWords(List<String> texts) {
    return texts.stream().flatMap(Triggers::tellingWords).collect(Collectors.toSet());
  }

  /**
   * The words and phrases between the commas of a text that are not as common in other prompts, and
   * of sentences the words that are not; if there is none, what is common.
   */
  private static Stream<String> tellingWords(String text) {
    List<String> parts = PhraseText.parts(text).stream().flatMap(Triggers::takenApart).toList();
    List<String> telling =
        parts.stream().filter(word -> !CommonCaptionWords.contain(word)).toList();
    return (telling.isEmpty() ? parts : telling).stream();
  }

  private static Stream<String> takenApart(String part) {
    String[] words = part.split(" ");
    return words.length < SENTENCE
        ? Stream.of(part)
        : Arrays.stream(words).filter(word -> word.length() >= SHORTEST_WORD);
  }

  /** Whether nothing need call it up. */
  public boolean isEmpty() {
    return styles.isEmpty();
  }

  /** The text that calls up the first style. */
  public Optional<String> first() {
    return styles.stream().findFirst();
  }

  /**
   * Whether a prompt has one of the words, of any style. Upper and lower case are alike, and so are
   * blanks of any number, with or without weights.
   *
   * @param prompt without its tags
   */
  public boolean areIn(String prompt) {
    List<String> parts = PhraseText.parts(prompt);
    return words.stream()
        .anyMatch(word -> parts.stream().anyMatch(part -> PhraseText.contains(part, word)));
  }
}
