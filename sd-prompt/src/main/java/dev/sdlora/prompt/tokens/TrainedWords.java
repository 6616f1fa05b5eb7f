package dev.sdlora.prompt.tokens;

import java.util.Optional;

/** The trained words that a prompt may name, found by the tokens that spell their names. */
@FunctionalInterface
public interface TrainedWords {
  /** No words. */
  TrainedWords NONE = (tokens, position) -> Optional.empty();

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
