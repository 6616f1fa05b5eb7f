package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.transformer.T5;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.t5.T5Prompt;
import dev.sdlora.prompt.t5.T5Tokenizer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Runs T5 on texts that are not cached, and weighs their states. The parts between {@code BREAK}s
 * are encoded separately and concatenated, as in Forge.
 */
final class T5Text {
  private final AppliedEncoder encoder;
  private final PromptOptions options;
  private final int least;
  private final int most;

  /** The input of the encoder, compared by value. */
  private record Input(IntBuffer ids, int read) {}

  private T5Text(AppliedEncoder encoder, PromptOptions options, int least, int most) {
    this.encoder = encoder;
    this.options = options;
    this.least = least;
    this.most = most;
  }

  /**
   * Returns an encoder for one pass of a request. Texts are padded; all tokens, and the denoiser,
   * read the padding.
   *
   * @param least the least tokens of a part, 1 or more
   * @param most the most tokens of a part, with the end token
   */
  static T5Text padded(AppliedEncoder encoder, PromptOptions options, int least, int most) {
    return new T5Text(encoder, options, least, most);
  }

  /**
   * Returns an encoder for one pass of a request. Texts are followed by one padding token, which
   * the denoiser reads, but no other token.
   *
   * @param most the most tokens of a part, with the end token
   */
  static T5Text withOne(AppliedEncoder encoder, PromptOptions options, int most) {
    return new T5Text(encoder, options, 0, most);
  }

  /** Returns the states of a text, without a vector. */
  Conditioning encode(String text, NDManager scope) {
    Emphasis emphasis = options.emphasis();
    List<WeightedText> pieces =
        emphasis == Emphasis.NONE ? List.of(new WeightedText(text, 1)) : Attention.parse(text);
    return T5Prompt.of(pieces, most, T5Tokenizer.load(), options.limits()).stream()
        .map(part -> encode(part, scope))
        .reduce(Conditioning::followedBy)
        .orElseThrow();
  }

  private Conditioning encode(T5Prompt part, NDManager scope) {
    boolean isPadded = least > 0;
    int length = isPadded ? Math.max(part.count(), least) : Math.min(part.count() + 1, most);
    int[] ids = part.padded(length);
    int read = isPadded ? length : part.count();
    EncodedChunks.Key key =
        new EncodedChunks.Key(
            encoder.index(), encoder.weights(), 0, new Input(IntBuffer.wrap(ids), read));
    float[] states = encoder.known().states(key, () -> run(ids, read, scope));
    float[] weights = Arrays.copyOf(part.weights(), length);
    Arrays.fill(weights, part.count(), length, 1);
    return new Conditioning(
        TextBatch.weigh(states, weights, options.emphasis()), length, states.length / length);
  }

  private float[] run(int[] ids, int read, NDManager scope) {
    T5 network = (T5) encoder.network();
    int vocabulary = network.config().vocabulary();
    for (int id : ids) {
      if (id >= vocabulary) {
        throw new CheckpointException(
            "the text encoder knows %s tokens, but the prompt has token %s; expected T5 with the vocabulary of version 1.1"
                .formatted(vocabulary, id));
      }
    }
    try (NDArray states = network.states(ids, read, scope)) {
      return states.toFloatArray();
    }
  }
}
