package dev.sdlora.families.conditioning;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The condition that the U-Net reads for one prompt.
 *
 * @param states the text encoders' states, weighted, [tokens][width], row by row; must not be
 *     modified
 * @param tokens a multiple of 77, at least 77
 * @param width the width of a state
 * @param vector the pooled text embedding, followed by the sizes once they are added; empty for
 *     U-Nets that read none. Must not be modified
 * @param regions the conditions that regions of the image read instead, because LoRAs affect the
 *     text encoders there; of the same length as the states. Usually empty
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
public record Conditioning(
    float[] states, int tokens, int width, float[] vector, List<Conditioning> regions) {
  /** Creates a condition for the whole image. */
  public Conditioning(float[] states, int tokens, int width, float[] vector) {
    this(states, tokens, width, vector, List.of());
  }

  /** Creates a condition for a U-Net that reads only states. */
  public Conditioning(float[] states, int tokens, int width) {
    this(states, tokens, width, new float[0]);
  }

  /** Returns a copy with the conditions that regions read instead. */
  Conditioning withRegions(List<Conditioning> others) {
    return new Conditioning(states, tokens, width, vector, others);
  }

  /** Returns the states of all regions, concatenated. */
  public float[] regionStates() {
    float[] all = new float[regions.size() * states.length];
    for (int region = 0; region < regions.size(); region++) {
      System.arraycopy(regions.get(region).states, 0, all, region * states.length, states.length);
    }
    return all;
  }

  private List<Conditioning> inRegions(UnaryOperator<Conditioning> change) {
    return regions.stream().map(change).toList();
  }

  /** Returns a copy with the states of another condition appended. */
  public Conditioning followedBy(Conditioning other) {
    float[] both = Arrays.copyOf(states, states.length + other.states.length);
    System.arraycopy(other.states, 0, both, states.length, other.states.length);
    List<Conditioning> inRegions =
        IntStream.range(0, regions.size())
            .mapToObj(region -> regions.get(region).followedBy(other.regions.get(region)))
            .toList();
    return new Conditioning(both, tokens + other.tokens, width, vector, inRegions);
  }

  /**
   * Returns a copy whose states are each extended by those of another encoder.
   *
   * @param other has the same number of tokens
   */
  Conditioning joined(Conditioning other) {
    int wide = width + other.width;
    float[] joined = new float[tokens * wide];
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(states, token * width, joined, token * wide, width);
      System.arraycopy(
          other.states, token * other.width, joined, token * wide + width, other.width);
    }
    float[] pooled = Arrays.copyOf(vector, vector.length + other.vector.length);
    System.arraycopy(other.vector, 0, pooled, vector.length, other.vector.length);
    return new Conditioning(joined, tokens, wide, pooled);
  }

  /**
   * Returns a copy whose states are each filled up with zeros.
   *
   * @param other the new width, at least the width
   */
  Conditioning widened(int other) {
    float[] wide = new float[tokens * other];
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(states, token * width, wide, token * other, width);
    }
    return new Conditioning(
        wide, tokens, other, vector, inRegions(region -> region.widened(other)));
  }

  /** Returns a copy of the same length with all values zero. */
  Conditioning zeroed() {
    return new Conditioning(new float[states.length], tokens, width, new float[vector.length]);
  }

  /** Returns a copy with another vector. */
  Conditioning with(float[] other) {
    return new Conditioning(states, tokens, width, other);
  }

  /**
   * Returns a copy padded to a length by repeating its last state; this if it has that length.
   * A1111 brings the parts of an {@code AND} to one length like this.
   */
  public Conditioning stretched(int length) {
    if (tokens >= length) {
      return this;
    }
    float[] longer = Arrays.copyOf(states, length * width);
    for (int token = tokens; token < length; token++) {
      System.arraycopy(states, (tokens - 1) * width, longer, token * width, width);
    }
    return new Conditioning(
        longer, length, width, vector, inRegions(region -> region.stretched(length)));
  }
}
