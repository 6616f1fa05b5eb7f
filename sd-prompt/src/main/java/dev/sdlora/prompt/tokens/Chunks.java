package dev.sdlora.prompt.tokens;

import dev.sdlora.prompt.grammar.WeightedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a prompt of any length into chunks, as A1111 does. Each piece is tokenised by itself. A full
 * chunk ends after its last comma if that is near, so that a phrase is not torn apart; a {@code
 * BREAK} ends it at once.
 */
public final class Chunks {
  /** How many tokens at most follow the last comma of a chunk into the next one, unless given. */
  public static final int DEFAULT_COMMA_BACKTRACK = 20;

  private static final int NO_COMMA = -1;

  private final int commaBacktrack;
  private final List<TokenChunk> closed = new ArrayList<>();
  private final int[] ids = new int[TokenChunk.CAPACITY];
  private final float[] weights = new float[TokenChunk.CAPACITY];
  private int size;
  private int lastComma = NO_COMMA;

  private Chunks(int commaBacktrack) {
    this.commaBacktrack = commaBacktrack;
  }

  /** The chunks of a text, with the default reach of commas; at least one. */
  public static List<TokenChunk> of(List<WeightedText> pieces, ClipTokenizer tokenizer) {
    return of(pieces, tokenizer, DEFAULT_COMMA_BACKTRACK);
  }

  /**
   * The chunks of a text; at least one.
   *
   * @param commaBacktrack how many tokens a comma may lie before the end of a full chunk and still
   *     end it, from 0 to 74; at 0 chunks are filled up wherever the commas are
   */
  public static List<TokenChunk> of(
      List<WeightedText> pieces, ClipTokenizer tokenizer, int commaBacktrack) {
    if (commaBacktrack < 0 || commaBacktrack >= TokenChunk.CAPACITY) {
      throw new IllegalArgumentException(
          "commaBacktrack must be between 0 and "
              + (TokenChunk.CAPACITY - 1)
              + ": "
              + commaBacktrack);
    }
    Chunks chunks = new Chunks(commaBacktrack);
    for (WeightedText piece : pieces) {
      if (piece.isBreak()) {
        chunks.close(chunks.size);
      } else {
        chunks.addAll(tokenizer.encode(piece.text()), (float) piece.weight());
      }
    }
    if (chunks.size > 0 || chunks.closed.isEmpty()) {
      chunks.close(chunks.size);
    }
    return List.copyOf(chunks.closed);
  }

  private void addAll(int[] tokens, float weight) {
    for (int token : tokens) {
      if (size == TokenChunk.CAPACITY) {
        boolean keepsPhrase = token != ClipTokenizer.COMMA && commaIsNear();
        close(keepsPhrase ? lastComma + 1 : size);
      }
      if (token == ClipTokenizer.COMMA) {
        lastComma = size;
      }
      ids[size] = token;
      weights[size] = weight;
      size++;
    }
  }

  private boolean commaIsNear() {
    return lastComma != NO_COMMA && size - lastComma <= commaBacktrack;
  }

  /** Ends the chunk after so many tokens; the others start the next one. */
  private void close(int end) {
    closed.add(new TokenChunk(Arrays.copyOf(ids, end), Arrays.copyOf(weights, end)));
    System.arraycopy(ids, end, ids, 0, size - end);
    System.arraycopy(weights, end, weights, 0, size - end);
    size -= end;
    lastComma = NO_COMMA;
  }
}
