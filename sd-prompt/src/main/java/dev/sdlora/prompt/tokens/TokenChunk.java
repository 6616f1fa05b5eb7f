package dev.sdlora.prompt.tokens;

import java.util.Arrays;
import java.util.List;

/**
 * One input of the text encoder: a start token, {@value #CAPACITY} tokens of text and padding, and
 * an end token. Immutable.
 */
public final class TokenChunk {
  /** The number of tokens of every chunk. */
  public static final int LENGTH = 77;

  /** The number of tokens between the start and the end token. */
  public static final int CAPACITY = LENGTH - 2;

  /** The token used as a placeholder for a vector of a trained word. */
  public static final int PLACEHOLDER = 0;

  /** A chunk of only padding. */
  public static final TokenChunk EMPTY = new TokenChunk(new int[0], new float[0], List.of());

  private final int[] ids;
  private final float[] weights;
  private final List<Trained> trained;

  /**
   * A trained word in a chunk.
   *
   * @param word the word, whose vectors replace as many tokens
   * @param position the index of the first of them among the {@value #LENGTH} tokens
   */
  public record Trained(TrainedWord word, int position) {}

  /**
   * Creates a chunk of text.
   *
   * @param ids its tokens without the special ones, at most {@value #CAPACITY}
   * @param weights the weight of each token
   * @param trained the trained words, with positions among the tokens without the special ones
   */
  TokenChunk(int[] ids, float[] weights, List<Trained> trained) {
    this.ids = new int[LENGTH];
    Arrays.fill(this.ids, ClipTokenizer.END);
    this.ids[0] = ClipTokenizer.START;
    System.arraycopy(ids, 0, this.ids, 1, ids.length);
    this.weights = new float[LENGTH];
    Arrays.fill(this.weights, 1);
    System.arraycopy(weights, 0, this.weights, 1, weights.length);
    this.trained =
        trained.stream().map(word -> new Trained(word.word(), word.position() + 1)).toList();
  }

  private TokenChunk(TokenChunk other, float[] weights) {
    this.ids = other.ids;
    this.weights = weights;
    this.trained = other.trained;
  }

  /** Returns a copy of the {@value #LENGTH} tokens. */
  public int[] ids() {
    return ids.clone();
  }

  /**
   * Returns the tokens in the layout of OpenCLIP's encoders (SD 2.x, and the second one of SDXL):
   * after the first end token every token is 0, whereas CLIP's own encoder has further end tokens.
   */
  public int[] openClipIds() {
    int[] padded = ids.clone();
    for (int i = 1; i < LENGTH; i++) {
      if (ids[i - 1] == ClipTokenizer.END) {
        Arrays.fill(padded, i, LENGTH, 0);
        break;
      }
    }
    return padded;
  }

  /** Returns a copy of the weights of all tokens; special ones have weight 1. */
  public float[] weights() {
    return weights.clone();
  }

  /**
   * Returns the same tokens, all with weight 1; this is the only part of a chunk that the text
   * encoder sees.
   */
  public TokenChunk unweighted() {
    float[] ones = new float[LENGTH];
    Arrays.fill(ones, 1);
    return new TokenChunk(this, ones);
  }

  /** Returns the trained words in the order of their positions; usually empty. */
  public List<Trained> trained() {
    return trained;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenChunk chunk
        && Arrays.equals(ids, chunk.ids)
        && Arrays.equals(weights, chunk.weights)
        && trained.equals(chunk.trained);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(ids) + Arrays.hashCode(weights)) + trained.hashCode();
  }

  @Override
  public String toString() {
    return "TokenChunk[ids="
        + Arrays.toString(ids)
        + ", weights="
        + Arrays.toString(weights)
        + ", trained="
        + trained
        + "]";
  }
}
