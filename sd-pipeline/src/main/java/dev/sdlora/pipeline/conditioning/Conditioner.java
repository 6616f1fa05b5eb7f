package dev.sdlora.pipeline.conditioning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.util.List;

/** Encodes prompts as A1111 does: chunks of 75 tokens, each encoded alone, then set in a row. */
public final class Conditioner {
  private final TextEncoder encoder;
  private final TrainedWords words;

  /**
   * A conditioner that runs an encoder.
   *
   * @param words that prompts may name, of the width of the encoder
   */
  public Conditioner(TextEncoder encoder, TrainedWords words) {
    this.encoder = encoder;
    this.words = words;
  }

  /**
   * Encodes a text.
   *
   * @param text the prompt without extra-network tags
   * @param clipSkip 1 for the last layer of the encoder, 2 for the one before it
   * @param scope a manager for what is needed on the way
   * @throws IllegalArgumentException if the encoder has fewer layers than are skipped
   * @throws CheckpointException if the checkpoint's vocabulary lacks a token
   */
  public Conditioning encode(String text, int clipSkip, NDManager scope) {
    int layers = encoder.config().layers();
    if (clipSkip > layers) {
      throw new IllegalArgumentException(
          "clipSkip must be at most " + layers + ", the layers of the text encoder: " + clipSkip);
    }
    List<TokenChunk> chunks =
        Chunks.of(
            Attention.parse(text), ClipTokenizer.standard(), Chunks.DEFAULT_COMMA_BACKTRACK, words);
    int[][] ids = chunks.stream().map(TokenChunk::ids).toArray(int[][]::new);
    requireInVocabulary(ids, encoder.config());
    float[] states;
    try (NDArray encoded = encoder.encode(chunks, clipSkip, scope)) {
      states = encoded.toFloatArray();
    }
    int width = encoder.config().width();
    for (int i = 0; i < chunks.size(); i++) {
      emphasise(states, i * TokenChunk.LENGTH * width, chunks.get(i).weights(), width);
    }
    return new Conditioning(states, chunks.size() * TokenChunk.LENGTH, width);
  }

  /**
   * The chunks of a text in which brackets are letters like others, as captions are.
   *
   * @param config of the encoder that will read them
   * @return [chunks][77] token ids, at least one chunk
   * @throws CheckpointException if the checkpoint's vocabulary lacks a token
   */
  public static int[][] plainTokens(String text, ClipConfig config) {
    List<TokenChunk> chunks =
        Chunks.of(List.of(new WeightedText(text, 1)), ClipTokenizer.standard());
    int[][] ids = chunks.stream().map(TokenChunk::ids).toArray(int[][]::new);
    requireInVocabulary(ids, config);
    return ids;
  }

  /**
   * A1111's "Original" emphasis: every state times its token's weight, then the chunk times the
   * factor that gives it back its mean.
   */
  private static void emphasise(float[] states, int from, float[] weights, int width) {
    boolean plain = true;
    for (float weight : weights) {
      plain &= weight == 1;
    }
    if (plain) {
      return;
    }
    int to = from + weights.length * width;
    double before = sum(states, from, to);
    for (int i = from; i < to; i++) {
      states[i] *= weights[(i - from) / width];
    }
    double factor = before / sum(states, from, to);
    for (int i = from; i < to; i++) {
      states[i] = (float) (states[i] * factor);
    }
  }

  private static double sum(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static void requireInVocabulary(int[][] ids, ClipConfig config) {
    int vocabulary = config.vocabulary();
    for (int[] chunk : ids) {
      for (int id : chunk) {
        if (id >= vocabulary) {
          throw new CheckpointException(
              "the text encoder knows %d tokens, but '%s' is token %d; its vocabulary was cut"
                  .formatted(vocabulary, ClipTokenizer.standard().decode(id).strip(), id));
        }
      }
    }
  }
}
