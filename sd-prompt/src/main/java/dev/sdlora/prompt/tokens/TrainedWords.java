package dev.sdlora.prompt.tokens;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The trained words that a prompt may name, found by the tokens that spell their names. */
@FunctionalInterface
public interface TrainedWords {
  /** No words. */
  TrainedWords NONE = (tokens, position) -> Optional.empty();

  /** Words by their names; of several that are spelled alike the last one. */
  static TrainedWords of(List<TrainedWord> words, ClipTokenizer tokenizer) {
    Map<String, TrainedWord> byName = new LinkedHashMap<>();
    for (TrainedWord word : words) {
      byName.remove(word.name());
      byName.put(word.name(), word);
    }
    SpelledNames<TrainedWord> names = new SpelledNames<>(byName, tokenizer);
    return (tokens, position) ->
        names.at(tokens, position).stream()
            .map(found -> new Match(found.value(), found.tokens()))
            .findFirst();
  }

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
   * @param tokens how many tokens spell the name, at least 1
   */
  record Match(TrainedWord word, int tokens) {}
}
