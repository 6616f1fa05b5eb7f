package dev.sdlora.prompt.tokens;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trained words available to a prompt. Names are found by their tokens, as in A1111. Names with
 * punctuation are found in the text as well, because the tokenizer joins adjacent punctuation:
 * {@code <s1><s2>} has one token for {@code ><}.
 */
public interface TrainedWords {
  /** No trained words. */
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

  /** Returns a lookup of words by name; of several with equal spelling the last one wins. */
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
   * Returns the word whose name contains punctuation and begins at a position of a text; the
   * longest name wins.
   *
   * @param text a piece of a prompt, {@linkplain ClipTokenizer#clean cleaned}
   * @param position an index into the text
   */
  Optional<Match> at(String text, int position);

  /**
   * Returns the word whose name begins at a position; the name with the most tokens wins.
   *
   * @param tokens a piece of a prompt, must not be changed
   * @param position an index into the tokens
   */
  Optional<Match> at(int[] tokens, int position);

  /**
   * A word named in a prompt.
   *
   * @param word the word
   * @param length the length of the name in tokens or characters, at least 1
   */
  record Match(TrainedWord word, int length) {}
}
