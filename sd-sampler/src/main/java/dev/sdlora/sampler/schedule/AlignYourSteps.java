package dev.sdlora.sampler.schedule;

import dev.sdlora.api.model.ModelFamily;
import java.util.Arrays;

/**
 * Sabour et al. 2024 ("Align Your Steps"): levels optimized for ten steps of each model family.
 * Other numbers of steps interpolate the logarithms of these levels linearly.
 */
final class AlignYourSteps {
  private static final double[] SD1 = {
    14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029
  };

  private static final double[] SDXL = {
    14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029
  };

  private AlignYourSteps() {}

  /**
   * Returns the levels from the highest to the lowest, without a final 0.
   *
   * @param count at least 1; a single one is the highest
   * @param family SDXL and its refiner have their own table, all others use that of SD 1.x
   */
  static double[] levels(int count, ModelFamily family) {
    double[] table = family.isXl() ? SDXL : SD1;
    double[] logs = Arrays.stream(table).map(Math::log).toArray();
    double[] levels = new double[count];
    for (int i = 0; i < count; i++) {
      double place = Schedules.ramp(i, count) * (table.length - 1);
      int before = Math.min((int) place, table.length - 2);
      levels[i] = Math.exp(logs[before] + (place - before) * (logs[before + 1] - logs[before]));
    }
    return levels;
  }
}
