package dev.sdlora.prompt.tokens;

import java.util.List;

/**
 * A word learned by textual inversion (Gal et al. 2022): in a prompt, its name is replaced by
 * vectors, used instead of entries of the text encoder's token table. Immutable. Two words are
 * equal only if they are the same object, so chunks with different vectors are never equal.
 */
public final class TrainedWord {
  private final String name;
  private final int vectors;
  private final List<float[]> values;

  /**
   * Creates a word.
   *
   * @param name its name in prompts
   * @param vectors the number of its vectors, from 1 to {@value TokenChunk#CAPACITY} because they
   *     must fit into one chunk
   * @param values the vectors, an array [vectors][width] for each text encoder; not copied, must
   *     not be changed
   * @throws IllegalArgumentException if the sizes are inconsistent
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

  /** Returns its name in prompts. */
  public String name() {
    return name;
  }

  /** Returns the number of tokens that it occupies in a chunk. */
  public int vectors() {
    return vectors;
  }

  /**
   * Returns the vectors for a text encoder, [vectors][width] in row-major order; must not be
   * changed.
   *
   * @param encoder the index of the encoder, from 0; in SDXL, CLIP-L is 0 and OpenCLIP-G is 1
   * @throws IndexOutOfBoundsException if there are none for this encoder
   */
  public float[] values(int encoder) {
    return values.get(encoder);
  }

  @Override
  public String toString() {
    return "TrainedWord[" + name + ", " + vectors + " vectors]";
  }
}
