package dev.sdlora.training.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.conditioning.Conditioner;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.SizeConditions;
import dev.sdlora.tensors.torch.Torch;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The captions of a training run: as tokens if text encoders are trained, otherwise as the states
 * of all text encoders, which are then constant and computed once. The empty caption is always
 * included.
 *
 * <p>Captions longer than 75 tokens have several chunks, like prompts. Members of a batch with
 * fewer chunks than another are padded with chunks of the empty caption.
 *
 * <p>Immutable.
 */
public final class EncodedCaptions implements Captions {
  /** The number of tokens in a chunk. */
  public static final int LENGTH = 77;

  private final Map<String, List<int[][]>> ids;
  private final Map<String, Encoded> states;
  private final List<ClipConfig> encoders;

  /**
   * The states of a caption.
   *
   * @param chunks [chunks][77 · width], the states of all text encoders concatenated
   * @param pooled the last encoder's pooled output for the first chunk; empty if it is not used
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Encoded(float[][] chunks, float[] pooled) {}

  private EncodedCaptions(
      Map<String, List<int[][]>> ids, Map<String, Encoded> states, List<ClipConfig> encoders) {
    this.ids = ids;
    this.states = states;
    this.encoders = List.copyOf(encoders);
  }

  /**
   * Tokenizes captions.
   *
   * @param encoders the configurations of the text encoders that will read them
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint's vocabulary lacks a token
   */
  public static EncodedCaptions tokens(Collection<String> captions, List<ClipConfig> encoders) {
    Map<String, List<int[][]>> ids = new LinkedHashMap<>();
    Stream.concat(Stream.of(""), captions.stream())
        .forEach(
            caption ->
                ids.computeIfAbsent(
                    caption,
                    text ->
                        encoders.stream()
                            .map(config -> Conditioner.plainTokens(text, config))
                            .toList()));
    return new EncodedCaptions(ids, Map.of(), encoders);
  }

  /**
   * Takes captions of one chunk that are already encoded.
   *
   * @param states the states of all text encoders concatenated by caption, [77 · width]
   * @param pooled the last encoder's pooled output by caption; empty arrays if it is not used
   * @param encoders the configurations of the text encoders
   */
  public static EncodedCaptions ofStates(
      Map<String, float[]> states, Map<String, float[]> pooled, List<ClipConfig> encoders) {
    Map<String, List<int[][]>> ids = new LinkedHashMap<>();
    Map<String, Encoded> encoded = new LinkedHashMap<>();
    states.forEach(
        (caption, own) -> {
          ids.put(caption, Collections.nCopies(encoders.size(), new int[1][LENGTH]));
          encoded.put(
              caption,
              new Encoded(new float[][] {own}, pooled.getOrDefault(caption, new float[0])));
        });
    return new EncodedCaptions(ids, encoded, encoders);
  }

  /**
   * Encodes the captions with a checkpoint's text encoders, each of which is in memory only while
   * it encodes.
   *
   * @param device the device that computes; {@code auto} for the best one
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   * @param cache keeps the states of captions
   * @throws dev.sdlora.api.error.TensorFileException if weights cannot be read
   */
  public EncodedCaptions encoded(String device, UNetFiles files, int clipSkip, DataCache cache) {
    Map<String, Encoded> encoded = new LinkedHashMap<>();
    for (int i = 0; i < files.textEncoders().size(); i++) {
      int number = i;
      try (CaptionEncoder encoder =
          new CaptionEncoder(device, files.textEncoders().get(i), clipSkip, cache)) {
        ids.forEach(
            (caption, tokens) ->
                encoded.merge(
                    caption, encoder.encode(tokens.get(number)), EncodedCaptions::joined));
      }
    }
    return new EncodedCaptions(ids, encoded, encoders);
  }

  private static Encoded joined(Encoded first, Encoded second) {
    float[][] chunks = new float[first.chunks().length][];
    for (int i = 0; i < chunks.length; i++) {
      float[] one = first.chunks()[i];
      float[] other = second.chunks()[i];
      int left = one.length / LENGTH;
      int right = other.length / LENGTH;
      chunks[i] = new float[one.length + other.length];
      for (int token = 0; token < LENGTH; token++) {
        int at = token * (left + right);
        System.arraycopy(one, token * left, chunks[i], at, left);
        System.arraycopy(other, token * right, chunks[i], at + left, right);
      }
    }
    return new Encoded(chunks, second.pooled());
  }

  @Override
  public EncodedCaptions plus(Captions others) {
    EncodedCaptions second = (EncodedCaptions) others;
    Map<String, List<int[][]>> allIds = new LinkedHashMap<>(ids);
    allIds.putAll(second.ids);
    Map<String, Encoded> allStates = new LinkedHashMap<>(states);
    allStates.putAll(second.states);
    return new EncodedCaptions(allIds, allStates, encoders);
  }

  /** Whether these are states instead of tokens. */
  public boolean areEncoded() {
    return !states.isEmpty();
  }

  @Override
  public int chunks(List<String> captions) {
    return captions.stream().mapToInt(caption -> tokensOf(caption, 0).length).max().orElse(1);
  }

  /** The tokens of a batch for each text encoder, int64 [encoders, batch, chunks, 77]. */
  public NDArray ids(List<String> captions, NDManager scope) {
    int chunks = chunks(captions);
    long[] values = new long[encoders.size() * captions.size() * chunks * LENGTH];
    int at = 0;
    for (int encoder = 0; encoder < encoders.size(); encoder++) {
      for (String caption : captions) {
        int[][] own = tokensOf(caption, encoder);
        for (int i = 0; i < chunks; i++) {
          for (int id : i < own.length ? own[i] : tokensOf("", encoder)[0]) {
            values[at++] = id;
          }
        }
      }
    }
    return scope.create(values, new Shape(encoders.size(), captions.size(), chunks, LENGTH));
  }

  /** The states of a batch, float32 [batch, chunks · 77, width]. */
  public NDArray states(List<String> captions, NDManager scope) {
    int chunks = chunks(captions);
    int width = encoders.stream().mapToInt(ClipConfig::width).sum();
    int length = LENGTH * width;
    float[] values = new float[captions.size() * chunks * length];
    int at = 0;
    for (String caption : captions) {
      float[][] own = statesOf(caption);
      for (int i = 0; i < chunks; i++) {
        System.arraycopy(i < own.length ? own[i] : statesOf("")[0], 0, values, at, length);
        at += length;
      }
    }
    return Torch.floats(scope, values, captions.size(), (long) chunks * LENGTH, width);
  }

  /**
   * The vectors that the U-Net reads in addition to the states of a batch: pooled text and sizes.
   * If captions are tokens, the pooled text is not yet computed, and the vectors contain only the
   * sizes.
   *
   * @param sizes the sizes of each member's image
   * @param width the length of the U-Net's vector for each member; 0 if it reads none
   * @return [batch][width], without the part of the pooled text if captions are tokens
   */
  public float[] vectors(List<String> captions, List<TrainingImageSizes> sizes, int width) {
    int own = areEncoded() ? width : width - encoders.get(encoders.size() - 1).projection();
    float[] vectors = new float[captions.size() * own];
    for (int i = 0; i < captions.size() && own > 0; i++) {
      float[] pooled = areEncoded() ? encoded(captions.get(i)).pooled() : new float[0];
      float[] vector = SizeConditions.vector(pooled, sizes.get(i).numbers(), own);
      System.arraycopy(vector, 0, vectors, i * own, own);
    }
    return vectors;
  }

  private int[][] tokensOf(String caption, int encoder) {
    return Objects.requireNonNull(ids.get(caption), caption).get(encoder);
  }

  private float[][] statesOf(String caption) {
    return encoded(caption).chunks();
  }

  private Encoded encoded(String caption) {
    return Objects.requireNonNull(states.get(caption), caption);
  }
}
