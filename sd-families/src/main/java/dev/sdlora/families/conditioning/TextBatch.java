package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Emphasis;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts of one schedule, which A1111 encodes together. This has two effects: shorter texts are
 * padded with empty chunks to the length of the longest, and "Original" emphasis preserves a mean
 * that is taken over the first chunks of all texts together, then over the second chunks, and so
 * on. Each text counts as often as it occurs in the schedule.
 */
final class TextBatch {
  private final List<Text> texts;
  private final Emphasis emphasis;

  /**
   * A text of a schedule.
   *
   * @param chunks its chunks, at least one
   * @param count the number of schedule entries that have it
   */
  record Text(List<TokenChunk> chunks, int count) {
    TokenChunk chunk(int place) {
      return place < chunks.size() ? chunks.get(place) : TokenChunk.EMPTY;
    }
  }

  TextBatch(List<Text> texts, Emphasis emphasis) {
    this.texts = texts;
    this.emphasis = emphasis;
  }

  /**
   * Encodes all texts.
   *
   * @return the conditions in the order of the texts, all of one length; each has the pooled
   *     embedding of its first chunk, as in A1111
   */
  List<Conditioning> encode(ChunkEncoder encoder, int clipSkip, NDManager scope) {
    int chunks = texts.stream().mapToInt(text -> text.chunks.size()).max().orElseThrow();
    int size = TokenChunk.LENGTH * encoder.width();
    List<Conditioning> encoded = new ArrayList<>();
    for (Text text : texts) {
      encoded.add(
          new Conditioning(
              new float[chunks * size],
              chunks * TokenChunk.LENGTH,
              encoder.width(),
              encoder.encode(text.chunk(0), clipSkip, scope).pooled()));
    }
    for (int place = 0; place < chunks; place++) {
      List<float[]> states = new ArrayList<>();
      for (Text text : texts) {
        states.add(encoder.encode(text.chunk(place), clipSkip, scope).states());
      }
      List<float[]> weighed = weigh(states, place);
      for (int i = 0; i < texts.size(); i++) {
        System.arraycopy(weighed.get(i), 0, encoded.get(i).states(), place * size, size);
      }
    }
    return encoded;
  }

  /**
   * Applies the weights to states.
   *
   * @param states the states of each text's chunk, [77][width]; not modified
   * @param place the index of the chunk in each text
   */
  List<float[]> weigh(List<float[]> states, int place) {
    if (emphasis == Emphasis.IGNORE || emphasis == Emphasis.NONE) {
      return states;
    }
    List<float[]> weighed = new ArrayList<>();
    double before = 0;
    double after = 0;
    for (int i = 0; i < texts.size(); i++) {
      float[] product = multiply(states.get(i), texts.get(i).chunk(place).weights());
      before += texts.get(i).count * sum(states.get(i));
      after += texts.get(i).count * sum(product);
      weighed.add(product);
    }
    if (emphasis == Emphasis.ORIGINAL && before != after && after != 0) {
      double factor = before / after;
      weighed.forEach(product -> scale(product, factor));
    }
    return weighed;
  }

  /**
   * Applies weights to the states of a text on its own.
   *
   * @param states [tokens][width]; not modified
   * @param weights one for each token
   */
  static float[] weigh(float[] states, float[] weights, Emphasis emphasis) {
    boolean plain = true;
    for (float weight : weights) {
      plain &= weight == 1;
    }
    if (plain || emphasis == Emphasis.IGNORE || emphasis == Emphasis.NONE) {
      return states;
    }
    float[] product = multiply(states, weights);
    double before = sum(states);
    double after = sum(product);
    if (emphasis == Emphasis.ORIGINAL && before != after && after != 0) {
      scale(product, before / after);
    }
    return product;
  }

  private static float[] multiply(float[] states, float[] weights) {
    int width = states.length / weights.length;
    float[] product = new float[states.length];
    for (int i = 0; i < states.length; i++) {
      product[i] = states[i] * weights[i / width];
    }
    return product;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  private static void scale(float[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor);
    }
  }
}
