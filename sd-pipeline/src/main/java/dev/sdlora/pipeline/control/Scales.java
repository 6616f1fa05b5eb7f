package dev.sdlora.pipeline.control;

import dev.sdlora.api.image.ControlUnit.Mode;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import java.util.stream.IntStream;

/** Scales a network's outputs for the blocks of a U-Net by the rules of A1111's extension. */
final class Scales {
  /** The factor from each block to the next outer one if the prompt matters more. */
  private static final double FADING = 0.825;

  /** The outputs of ControlNets for SD 1.x; networks with fewer use the first factors. */
  private static final int OUTPUTS = 13;

  /** The factors for T2I-Adapters, from the largest image to the smallest. */
  private static final double[] ADAPTER_FADING = {0.25, 0.62, FADING, 1};

  private Scales() {}

  /** Returns the factor for each output of a ControlNet if the prompt matters more. */
  static double[] ofControlNet(int outputs) {
    return IntStream.range(0, outputs)
        .mapToDouble(i -> Math.pow(FADING, OUTPUTS - 1 - i))
        .toArray();
  }

  /** Returns the factor for each output of a T2I-Adapter if the prompt matters more. */
  static double[] ofAdapter(int outputs) {
    int last = ADAPTER_FADING.length - 1;
    return IntStream.range(0, outputs)
        .mapToDouble(i -> ADAPTER_FADING[Math.max(0, last - (outputs - 1 - i))])
        .toArray();
  }

  /**
   * Returns the factors for all outputs and rows.
   *
   * @param mode whether the prompt or the control matters more
   * @param weight the factor for all
   * @param faded the factor for each output if the prompt matters more
   * @return [outputs][rows]
   */
  static float[] of(Mode mode, double weight, double[] faded, Batch batch) {
    int rows = batch.size();
    float[] scales = new float[faded.length * rows];
    for (int i = 0; i < scales.length; i++) {
      boolean negative = batch.rows().get(i % rows).negative();
      scales[i] = (float) scale(mode, weight, faded[i / rows], negative);
    }
    return scales;
  }

  private static double scale(Mode mode, double weight, double faded, boolean negative) {
    return switch (mode) {
      case BALANCED -> weight;
      case PROMPT -> weight * faded;
      case CONTROL -> negative ? 0 : weight * faded;
    };
  }
}
