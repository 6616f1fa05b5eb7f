package dev.sdlora.prompt.tokens;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trained words that a prompt may name. Names are found by the tokens that spell them, as in
 * A1111. Those with punctuation are found in the text as well, because the tokenizer joins what
 * stands side by side: {@code <s1><s2>} has one token for {@code ><}.
 */
public interface TrainedWords {
  /** No words. */
  TrainedWords NONE =
      new TrainedWords() {
        @Override
        public Optional<Match> at(String text, int position) {
          return Optional.empty();
        }

        @Override
        public Optional<Match> at(int[] tokens, int position) {
          return Optional.empty();
        }
      };

  /** Words by their names; of several that are spelled alike the last one. */
  static TrainedWords of(List<TrainedWord> words, ClipTokenizer tokenizer) {
    Map<String, TrainedWord> byName = new LinkedHashMap<>();
    for (TrainedWord word : words) {
      byName.remove(word.name());
      byName.put(word.name(), word);
    }
    SpelledNames<TrainedWord> names = new SpelledNames<>(byName, tokenizer);
    return new TrainedWords() {
      @Override
      public Optional<Match> at(String text, int position) {
        return first(names.at(text, position));
      }

      @Override
      public Optional<Match> at(int[] tokens, int position) {
        return first(names.at(tokens, position));
      }

      private static Optional<Match> first(List<SpelledNames.Found<TrainedWord>> found) {
        return found.stream().findFirst().map(name -> new Match(name.value(), name.length()));
      }
    };
  }

  /**
   * The word whose name, with punctuation in it, begins at a position of a text; of several, the
   * one with the longest name.
   *
   * @param text a piece of a prompt, {@linkplain ClipTokenizer#clean cleaned}
   * @param position an index into it
   */
  Optional<Match> at(String text, int position);

  /**
   * The word whose name begins at a position; of several, the one with the longest name, in tokens.
   *
   * @param tokens a piece of a prompt, not to be changed
   * @param position an index into it
   */
  Optional<Match> at(int[] tokens, int position);

  /**
   * A word that a prompt names.
   *
   * @param word what its name stands for
   * @param length how many tokens, or characters, spell the name, at least 1
   */
  record Match(TrainedWord word, int length) {}
}
