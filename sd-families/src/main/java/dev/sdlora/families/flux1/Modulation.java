package dev.sdlora.families.flux1;

import dev.sdlora.families.network.WeightList;
import dev.sdlora.tensors.torch.Program;
import java.util.List;

/** The source of each block's shifts, scales and gates, in which FLUX.1 and its kin differ. */
public interface Modulation {
  /**
   * Adds its weights that are outside of blocks.
   *
   * @param width the width of a token's state
   */
  void addWeights(WeightList list, int width);

  /** Whether each block and the last layer have weights of their own for it. */
  boolean isInBlocks();

  /** Whether it reads the guidance scale. */
  default boolean isGuided() {
    return false;
  }

  /** Whether rows have their own numbers of tokens; otherwise the network reads all tokens. */
  boolean countsTokens();

  /** Returns the number of tokens that a prompt of usual length has after it is filled up. */
  int usualTokens();

  /** Returns the TorchScript source of the network's method. */
  List<Program.Source> methods();

  /** Returns the sources of functions that only this method calls. */
  default List<Program.Source> functions() {
    return List.of();
  }
}
