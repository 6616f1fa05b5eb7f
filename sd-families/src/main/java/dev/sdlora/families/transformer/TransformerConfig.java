package dev.sdlora.families.transformer;

import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dimensions of a diffusion transformer. */
public interface TransformerConfig {
  /** Returns the names and shapes of all weights, as diffusers names them. */
  Map<String, List<Long>> weights();

  /**
   * Returns the packings of weights for the CPU, by weight name; empty if plain weights are faster.
   */
  Map<String, Packing> packings(Torch torch, ScalarType type);

  /**
   * Returns the packings of weights for the CPU, by weight name, with the matrices by which every
   * token is multiplied in 8-bit integers; empty if {@link #hasIntegerProgram} is false.
   */
  default Map<String, Packing> integerPackings(Torch torch, ScalarType type) {
    return Map.of();
  }

  /** Whether its program can multiply in 8-bit integers. */
  default boolean hasIntegerProgram() {
    return false;
  }

  /** Returns the width of the states of the prompt. */
  int contextWidth();

  /** Returns the width of a token's state. */
  int width();

  /** Returns the width of the hidden layer in each block's MLP. */
  int inner();

  /** Returns the side of a token, in positions of the latent. */
  default int patch() {
    return 2;
  }

  /** Whether rows have different lengths, so that they run one by one. */
  default boolean runsRowsAlone() {
    return false;
  }

  /** Returns the number that sequences of tokens are filled up to multiples of. */
  default int multiple() {
    return 1;
  }

  /** Returns the number of tokens that a prompt of usual length has after it is filled up. */
  default int usualTokens() {
    return 64;
  }

  /** Whether the network reads a guidance scale. */
  default boolean isGuided() {
    return false;
  }

  /**
   * Returns the tokens that a block multiplies by a weight; empty for weights outside of blocks and
   * for those that one state of the time is multiplied by.
   *
   * @param weight the name of a matrix
   */
  default Optional<Reads> reads(String weight) {
    if (!weight.contains("transformer_blocks.") || weight.contains(".norm")) {
      return Optional.empty();
    }
    if (weight.startsWith("single_")) {
      return Optional.of(Reads.BOTH);
    }
    boolean ofText = weight.matches("t.*(\\.ff_context\\.|\\.add_|\\.to_add_).*");
    return Optional.of(ofText ? Reads.TEXT : Reads.IMAGE);
  }

  /** Returns the number of attentions over some tokens in a call. */
  int attentions(Reads tokens);

  /** Returns what training needs to record a call; empty if the network cannot be trained. */
  default Optional<RecordedProgram> recorded() {
    return Optional.empty();
  }

  /** The tokens that a layer reads. */
  enum Reads {
    /** Those of the image. */
    IMAGE,
    /** Those of the prompt. */
    TEXT,
    /** All. */
    BOTH
  }

  /** Returns the transformer with these dimensions; the weights are not closed with it. */
  DiffusionTransformer network(Torch torch, LiveWeights weights);
}
