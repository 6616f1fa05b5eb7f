package dev.sdlora.families.memory;

import dev.sdlora.families.transformer.TransformerConfig;

/**
 * Estimates the native memory that diffusion transformers allocate in a call, not counting weights.
 * Nearly all of it is tensors of one state per token; their number was measured.
 */
public final class TransformerMemory {
  /** States of all tokens at the peak, in attention: its inputs, their packed copies, and holes. */
  private static final double STATES = 14;

  /** The same if the hidden layer of an MLP is a whole, without the hidden layer. */
  private static final double UNPACKED_STATES = 12;

  /** Hidden layers at the peak: gates, values and their product. */
  private static final double HIDDEN = 3;

  private static final double MAPPED = 32 << 20;

  /** Positions that pass through the MLP at once if rows run one by one. */
  private static final double MLP_POSITIONS = 2048;

  private TransformerMemory() {}

  /**
   * Returns the memory of a call.
   *
   * @param config the transformer
   * @param tokens the tokens of a row: of the text, the image and all references
   * @param packed whether the weights are packed
   * @param number bytes of an element
   * @param rows the rows of the batch
   */
  public static AllocatedBytes call(
      TransformerConfig config, double tokens, boolean packed, int number, int rows) {
    return config.runsRowsAlone()
        ? rowByRow(config, tokens, number)
        : together(config.width(), config.inner(), tokens, packed, number, rows);
  }

  private static AllocatedBytes together(
      int width, int inner, double tokens, boolean packed, int number, int rows) {
    double state = tokens * width * number * rows;
    double hidden = (double) inner / width;
    double most = state * (packed ? STATES : UNPACKED_STATES + HIDDEN * hidden);
    double largest = packed ? state : state * (3 + 2 * hidden);
    return largest >= MAPPED
        ? new AllocatedBytes(most, most, 0)
        : new AllocatedBytes(most, 0, Math.min(2 * MAPPED, most));
  }

  /** Rows have different lengths, so they run one by one. */
  private static AllocatedBytes rowByRow(TransformerConfig config, double tokens, int number) {
    Peak peak = new Peak(number, 1);
    double state = tokens * config.width();
    double part = Math.min(tokens, MLP_POSITIONS);
    peak.keep(state);
    peak.at(state, state, state, state, state);
    peak.at(part * config.width(), part * config.inner(), part * config.inner());
    return peak.most();
  }
}
