package dev.sdlora.pipeline.control;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.pipeline.denoise.NoisePredictor.Batch;
import java.util.stream.IntStream;

/** How strongly networks act on the blocks of a U-Net, by the rules of A1111's extension. */
final class Scales {
  /** From each block to the next one outwards, where the prompt matters more. */
  private static final double FADING = 0.825;

  /** The outputs of ControlNets for SD 1.x; fewer are counted as the first of these. */
  private static final int OUTPUTS = 13;

  /** The same for T2I-Adapters, from the largest image to the smallest. */
  private static final double[] ADAPTER_FADING = {0.25, 0.62, FADING, 1};

  private Scales() {}

  /** What is left of each output of a ControlNet where the prompt matters more. */
  static double[] ofControlNet(int outputs) {
    return IntStream.range(0, outputs)
        .mapToDouble(i -> Math.pow(FADING, OUTPUTS - 1 - i))
        .toArray();
  }

  /** What is left of each output of a T2I-Adapter where the prompt matters more. */
  static double[] ofAdapter(int outputs) {
    int last = ADAPTER_FADING.length - 1;
    return IntStream.range(0, outputs)
        .mapToDouble(i -> ADAPTER_FADING[Math.max(0, last - (outputs - 1 - i))])
        .toArray();
  }

  /**
   * Factors on outputs.
   *
   * @param faded what is left of each where the prompt matters more
   * @return [outputs][rows]
   */
  static float[] of(ControlUnit unit, double[] faded, Batch batch) {
    int rows = batch.size();
    float[] scales = new float[faded.length * rows];
    for (int i = 0; i < scales.length; i++) {
      boolean negative = batch.rows().get(i % rows).negative();
      scales[i] = (float) scale(unit, faded[i / rows], negative);
    }
    return scales;
  }

  private static double scale(ControlUnit unit, double faded, boolean negative) {
    return switch (unit.mode()) {
      case BALANCED -> unit.weight();
      case PROMPT -> unit.weight() * faded;
      case CONTROL -> negative ? 0 : unit.weight() * faded;
    };
  }
}
