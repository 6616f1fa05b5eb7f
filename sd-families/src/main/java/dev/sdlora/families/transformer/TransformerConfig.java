package dev.sdlora.families.transformer;

import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.List;
import java.util.Map;

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

  /** Returns the transformer with these dimensions; the weights are not closed with it. */
  DiffusionTransformer network(Torch torch, LiveWeights weights);
}
