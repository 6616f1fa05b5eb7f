package dev.sdlora.prompt.t5;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.prompt.grammar.Limit;
import dev.sdlora.prompt.grammar.WeightedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt, or a part of it between {@code BREAK}s, as T5 reads it: its tokens with their weights,
 * and the end token. The rest of a text that is too long is cut off, as by diffusers; ComfyUI and
 * Forge cut nothing. Immutable.
 */
public final class T5Prompt {
  private final int[] ids;
  private final float[] weights;
  private final String cut;

  private T5Prompt(int[] ids, float[] weights, String cut) {
    this.ids = ids;
    this.weights = weights;
    this.cut = cut;
  }

  /**
   * Returns the parts of a prompt, at least one. Each piece is tokenized separately, as in Forge.
   *
   * @param pieces the prompt; a {@code BREAK} ends a part, and nothing after the last one is none
   * @param most the most tokens of a part, with the end token
   * @throws dev.sdlora.api.error.PromptSyntaxException if there are more parts than chunks allowed
   */
  public static List<T5Prompt> of(
      List<WeightedText> pieces, int most, T5Tokenizer tokenizer, PromptLimits limits) {
    if (most < 1) {
      throw new IllegalArgumentException("at most " + most + " tokens, expected 1 or more");
    }
    List<T5Prompt> parts = new ArrayList<>();
    List<WeightedText> part = new ArrayList<>();
    for (WeightedText piece : pieces) {
      if (piece.isBreak()) {
        add(parts, of(part, most, tokenizer), limits);
        part.clear();
      } else {
        part.add(piece);
      }
    }
    T5Prompt last = of(part, most, tokenizer);
    if (last.count() > 1 || !last.cut.isEmpty() || parts.isEmpty()) {
      add(parts, last, limits);
    }
    return List.copyOf(parts);
  }

  private static void add(List<T5Prompt> parts, T5Prompt part, PromptLimits limits) {
    if (parts.size() == limits.chunks()) {
      throw Limit.exceeded(limits.chunks(), "a text of the prompt has", Limit.Unit.CHUNKS);
    }
    parts.add(part);
  }

  private static T5Prompt of(List<WeightedText> pieces, int most, T5Tokenizer tokenizer) {
    int[] all = new int[0];
    float[] weights = new float[0];
    for (WeightedText piece : pieces) {
      int[] more = tokenizer.encode(piece.text());
      int before = all.length;
      all = Arrays.copyOf(all, before + more.length);
      System.arraycopy(more, 0, all, before, more.length);
      weights = Arrays.copyOf(weights, all.length);
      Arrays.fill(weights, before, all.length, (float) piece.weight());
    }
    int count = Math.min(all.length, most - 1);
    int[] ids = Arrays.copyOf(all, count + 1);
    ids[count] = T5Tokenizer.END;
    float[] own = Arrays.copyOf(weights, count + 1);
    own[count] = 1;
    return new T5Prompt(ids, own, tokenizer.decode(Arrays.copyOfRange(all, count, all.length)));
  }

  /** Returns a copy of the ids with the end token, without padding. */
  public int[] ids() {
    return ids.clone();
  }

  /** Returns the number of tokens with the end token, at least 1. */
  public int count() {
    return ids.length;
  }

  /**
   * Returns the ids, padded on the right.
   *
   * @param length the number of tokens, at least {@link #count}
   */
  public int[] padded(int length) {
    if (length < ids.length) {
      throw new IllegalArgumentException(
          "cannot pad %s tokens to %s".formatted(ids.length, length));
    }
    int[] padded = Arrays.copyOf(ids, length);
    Arrays.fill(padded, ids.length, length, T5Tokenizer.PADDING);
    return padded;
  }

  /** Returns a copy of the weights of the tokens; that of the end token is 1. */
  public float[] weights() {
    return weights.clone();
  }

  /**
   * Returns the end of the text that T5 does not see, in T5's own characters, with U+FFFD for those
   * that it does not know; usually empty.
   */
  public String cut() {
    return cut;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof T5Prompt prompt
        && Arrays.equals(ids, prompt.ids)
        && Arrays.equals(weights, prompt.weights)
        && cut.equals(prompt.cut);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(ids) + Arrays.hashCode(weights)) + cut.hashCode();
  }

  @Override
  public String toString() {
    return "T5Prompt[ids="
        + Arrays.toString(ids)
        + ", weights="
        + Arrays.toString(weights)
        + ", cut="
        + cut
        + "]";
  }
}
