package dev.sdlora.prompt.tokens;

import java.util.List;

/**
 * A word that textual inversion taught (Gal et al. 2022): in a prompt its name stands for vectors,
 * which take the place of what the text encoder's table of tokens holds. Immutable. Two are equal
 * only if they are the same object, so chunks with different vectors are never equal.
 */
public final class TrainedWord {
  private final String name;
  private final int vectors;
  private final List<float[]> values;

  /**
   * A word.
   *
   * @param name what prompts write
   * @param vectors how many vectors stand for it, from 1 to {@value TokenChunk#CAPACITY}, since
   *     they are never torn apart
   * @param values the vectors, an array [vectors][width] for each text encoder; not copied, not to
   *     be changed
   * @throws IllegalArgumentException if the numbers do not fit together
   */
  public TrainedWord(String name, int vectors, List<float[]> values) {
    if (vectors < 1 || vectors > TokenChunk.CAPACITY) {
      throw new IllegalArgumentException(
          "vectors must be from 1 to " + TokenChunk.CAPACITY + ": " + vectors);
    }
    if (values.isEmpty() || values.stream().anyMatch(rows -> rows.length % vectors != 0)) {
      throw new IllegalArgumentException(
          "values must be " + vectors + " vectors for at least one text encoder");
    }
    this.name = name;
    this.vectors = vectors;
    this.values = List.copyOf(values);
  }

  /** What prompts write. */
  public String name() {
    return name;
  }

  /** How many tokens it takes up in a chunk. */
  public int vectors() {
    return vectors;
  }

  /**
   * The vectors for a text encoder, [vectors][width] row by row; not to be changed.
   *
   * @param encoder its number, from 0; of SDXL, CLIP-L is 0 and OpenCLIP-G is 1
   * @throws IndexOutOfBoundsException if there are none for it
   */
  public float[] values(int encoder) {
    return values.get(encoder);
  }

  @Override
  public String toString() {
    return "TrainedWord[" + name + ", " + vectors + " vectors]";
  }
}
