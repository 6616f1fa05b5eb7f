package dev.sdlora.families.denoise;

import dev.sdlora.families.network.Prediction;

/**
 * Options for combining predictions.
 *
 * @param prediction the prediction type of the network
 * @param scale how far to move from the negative prompt to the prompt
 * @param rescale how much of the prompt prediction's contrast to restore, from 0 (off) to 1 (Lin et
 *     al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed", section 3.4)
 * @param normalization the most length of the guided prediction, as a multiple of the length of the
 *     prompt's prediction; 0 for no limit
 * @param guided the calls that are guided
 * @param imageScale how far an editing model moves towards the image; 1, the value for all other
 *     models, means no image guidance
 * @param skipping the guidance away from a prediction without some blocks
 */
public record GuidanceOptions(
    Prediction prediction,
    double scale,
    double rescale,
    double normalization,
    GuidedCalls guided,
    double imageScale,
    LayerSkipping skipping) {
  /** Creates options without skipped layers. */
  public GuidanceOptions(
      Prediction prediction,
      double scale,
      double rescale,
      double normalization,
      GuidedCalls guided,
      double imageScale) {
    this(prediction, scale, rescale, normalization, guided, imageScale, LayerSkipping.NONE);
  }

  /** Returns options with only a scale, for a network that predicts noise. */
  public static GuidanceOptions scale(double scale) {
    return new GuidanceOptions(Prediction.EPSILON, scale, 0, 0, GuidedCalls.ALL, 1);
  }
}
