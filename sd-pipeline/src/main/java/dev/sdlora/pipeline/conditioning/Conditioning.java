package dev.sdlora.pipeline.conditioning;

import java.util.Arrays;

/**
 * The text encoder's states of a prompt, weighted.
 *
 * @param states [tokens][width], row by row; not to be changed
 * @param tokens a multiple of 77, at least 77
 * @param width numbers in a state
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record Conditioning(float[] states, int tokens, int width) {
  /** This, with another one's states behind it. */
  public Conditioning followedBy(Conditioning other) {
    float[] both = Arrays.copyOf(states, states.length + other.states.length);
    System.arraycopy(other.states, 0, both, states.length, other.states.length);
    return new Conditioning(both, tokens + other.tokens, width);
  }

  /**
   * This, with its last state repeated until it has so many; itself if it has them. A1111 brings
   * the sides of an {@code AND} to one length like this.
   */
  public Conditioning stretched(int length) {
    if (tokens >= length) {
      return this;
    }
    float[] longer = Arrays.copyOf(states, length * width);
    for (int token = tokens; token < length; token++) {
      System.arraycopy(states, (tokens - 1) * width, longer, token * width, width);
    }
    return new Conditioning(longer, length, width);
  }
}
