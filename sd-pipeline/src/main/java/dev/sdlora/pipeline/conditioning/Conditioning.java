package dev.sdlora.pipeline.conditioning;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What the U-Net reads of a prompt.
 *
 * @param states the text encoders' states, weighted, [tokens][width], row by row; not to be changed
 * @param tokens a multiple of 77, at least 77
 * @param width numbers in a state
 * @param vector what the text says as a whole, and, once they are added, sizes; empty for U-Nets
 *     that read none. Not to be changed
 * @param regions what parts of the image read in place of the states, because LoRAs act on the text
 *     encoders there; as long as the states. Mostly none
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record Conditioning(
    float[] states, int tokens, int width, float[] vector, List<Conditioning> regions) {
  /** The same for all of the image. */
  public Conditioning(float[] states, int tokens, int width, float[] vector) {
    this(states, tokens, width, vector, List.of());
  }

  /** For a U-Net that reads nothing but states. */
  public Conditioning(float[] states, int tokens, int width) {
    this(states, tokens, width, new float[0]);
  }

  /** This, with what parts of the image read in its place. */
  Conditioning withRegions(List<Conditioning> others) {
    return new Conditioning(states, tokens, width, vector, others);
  }

  /** The states of all regions, one behind another. */
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

  /** This, with another one's states behind it. */
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
   * This, with the states of another encoder at the right of each of its own.
   *
   * @param other of as many tokens
   */
  Conditioning beside(Conditioning other) {
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

  /** The same length, without any text in it. */
  Conditioning zeroed() {
    return new Conditioning(new float[states.length], tokens, width, new float[vector.length]);
  }

  /** The same with another vector. */
  Conditioning with(float[] other) {
    return new Conditioning(states, tokens, width, other);
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
    return new Conditioning(
        longer, length, width, vector, inRegions(region -> region.stretched(length)));
  }
}
