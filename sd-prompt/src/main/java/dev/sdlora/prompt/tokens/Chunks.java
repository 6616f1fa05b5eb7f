package dev.sdlora.prompt.tokens;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.prompt.grammar.Limit;
import dev.sdlora.prompt.grammar.WeightedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Splits a prompt of any length into chunks, as A1111 does. Each piece is tokenized separately. A
 * full chunk ends after its last comma if that is near, so that phrases stay together; a {@code
 * BREAK} ends it at once. The vectors of a trained word stay together: if they do not fit into a
 * chunk, they start the next one.
 */
public final class Chunks {
  /**
   * The default for the most tokens after the last comma of a chunk that move to the next chunk.
   */
  public static final int DEFAULT_COMMA_BACKTRACK = 20;

  private static final int NO_COMMA = -1;

  private final int commaBacktrack;
  private final TrainedWords words;
  private final PromptLimits limits;
  private final List<TokenChunk> closed = new ArrayList<>();
  private final int[] ids = new int[TokenChunk.CAPACITY];
  private final float[] weights = new float[TokenChunk.CAPACITY];
  private final List<TokenChunk.Trained> trained = new ArrayList<>();
  private int size;
  private int lastComma = NO_COMMA;

  private Chunks(int commaBacktrack, TrainedWords words, PromptLimits limits) {
    this.commaBacktrack = commaBacktrack;
    this.words = words;
    this.limits = limits;
  }

  /** Returns the chunks of a text, at least one, with the default comma backtrack. */
  public static List<TokenChunk> of(List<WeightedText> pieces, ClipTokenizer tokenizer) {
    return of(pieces, tokenizer, DEFAULT_COMMA_BACKTRACK);
  }

  /** Returns the chunks of a text without trained words, at least one. */
  public static List<TokenChunk> of(
      List<WeightedText> pieces, ClipTokenizer tokenizer, int commaBacktrack) {
    return of(pieces, tokenizer, commaBacktrack, TrainedWords.NONE, PromptLimits.NONE);
  }

  /**
   * Returns the chunks of a text, at least one.
   *
   * @param commaBacktrack the most tokens between a comma and the end of a full chunk for which the
   *     chunk ends at the comma, from 0 to 74; 0 fills chunks regardless of commas
   * @param words names that are replaced by vectors; each piece is searched separately
   * @throws dev.sdlora.api.error.PromptSyntaxException if the chunks exceed the limit
   */
  public static List<TokenChunk> of(
      List<WeightedText> pieces,
      ClipTokenizer tokenizer,
      int commaBacktrack,
      TrainedWords words,
      PromptLimits limits) {
    if (commaBacktrack < 0 || commaBacktrack >= TokenChunk.CAPACITY) {
      throw new IllegalArgumentException(
          "commaBacktrack must be between 0 and "
              + (TokenChunk.CAPACITY - 1)
              + ": "
              + commaBacktrack);
    }
    Chunks chunks = new Chunks(commaBacktrack, words, limits);
    for (WeightedText piece : pieces) {
      if (piece.isBreak()) {
        chunks.close(chunks.size);
      } else {
        chunks.addText(ClipTokenizer.clean(piece.text()), tokenizer, (float) piece.weight());
      }
    }
    if (chunks.size > 0 || chunks.closed.isEmpty()) {
      chunks.close(chunks.size);
    }
    return List.copyOf(chunks.closed);
  }

  private void addText(String text, ClipTokenizer tokenizer, float weight) {
    int from = 0;
    int at = 0;
    while (at < text.length()) {
      Optional<TrainedWords.Match> match = words.at(text, at);
      if (match.isPresent()) {
        addAll(tokenizer.encodeClean(text.substring(from, at)), weight);
        makeRoom(false);
        add(match.get().word(), weight);
        from = at + match.get().length();
      }
      at += match.map(TrainedWords.Match::length).orElse(1);
    }
    addAll(tokenizer.encodeClean(text.substring(from)), weight);
  }

  private void addAll(int[] tokens, float weight) {
    int next = 0;
    while (next < tokens.length) {
      int token = tokens[next];
      makeRoom(token == ClipTokenizer.COMMA);
      if (token == ClipTokenizer.COMMA) {
        lastComma = size;
      }
      Optional<TrainedWords.Match> match = words.at(tokens, next);
      if (match.isPresent()) {
        add(match.get().word(), weight);
        next += match.get().length();
      } else {
        add(token, weight);
        next++;
      }
    }
  }

  /** Ends a full chunk. Moves the tokens after a near comma to the next one. */
  private void makeRoom(boolean forComma) {
    if (size == TokenChunk.CAPACITY) {
      close(!forComma && commaIsNear() ? lastComma + 1 : size);
    }
  }

  private void add(int token, float weight) {
    ids[size] = token;
    weights[size] = weight;
    size++;
  }

  private void add(TrainedWord word, float weight) {
    if (size + word.vectors() > TokenChunk.CAPACITY) {
      close(size);
    }
    trained.add(new TokenChunk.Trained(word, size));
    for (int i = 0; i < word.vectors(); i++) {
      add(TokenChunk.PLACEHOLDER, weight);
    }
  }

  private boolean commaIsNear() {
    return lastComma != NO_COMMA && size - lastComma <= commaBacktrack;
  }

  /** Ends the chunk after the given number of tokens; the others start the next one. */
  private void close(int end) {
    if (closed.size() == limits.chunks()) {
      throw Limit.exceeded(limits.chunks(), "a text of the prompt has", Limit.Unit.CHUNKS);
    }
    List<TokenChunk.Trained> moved =
        trained.stream()
            .filter(word -> word.position() >= end)
            .map(word -> new TokenChunk.Trained(word.word(), word.position() - end))
            .toList();
    trained.removeIf(word -> word.position() >= end);
    closed.add(new TokenChunk(Arrays.copyOf(ids, end), Arrays.copyOf(weights, end), trained));
    trained.clear();
    trained.addAll(moved);
    System.arraycopy(ids, end, ids, 0, size - end);
    System.arraycopy(weights, end, weights, 0, size - end);
    size -= end;
    lastComma = NO_COMMA;
  }
}
