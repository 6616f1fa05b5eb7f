package dev.sdlora.pipeline.control;

import dev.sdlora.api.ControlUnit;
import dev.sdlora.pipeline.denoise.NoisePredictor.Batch;

/** How strongly networks act on the blocks of a U-Net, by the rules of A1111's extension. */
final class Scales {
  /** From each block to the next one outwards, where the prompt matters more. */
  private static final double FADING = 0.825;

  private Scales() {}

  /**
   * Factors on outputs.
   *
   * @param outwards how many blocks lie between each output's and the middle
   * @return [outputs][rows]
   */
  static float[] of(ControlUnit unit, int[] outwards, Batch batch) {
    int rows = batch.rows();
    float[] scales = new float[outwards.length * rows];
    for (int i = 0; i < scales.length; i++) {
      boolean negative = i % rows < batch.negatives();
      scales[i] = (float) scale(unit, outwards[i / rows], negative);
    }
    return scales;
  }

  private static double scale(ControlUnit unit, int outwards, boolean negative) {
    return switch (unit.mode()) {
      case BALANCED -> unit.weight();
      case PROMPT -> unit.weight() * Math.pow(FADING, outwards);
      case CONTROL -> negative ? 0 : unit.weight() * Math.pow(FADING, outwards);
    };
  }
}
