package dev.sdlora.pipeline.denoise;

import dev.sdlora.pipeline.network.Prediction;

/**
 * How predictions are put together.
 *
 * @param prediction what the network predicts
 * @param scale how far to move from the negative prompt to the prompt
 * @param rescale the share of the result that gets the contrast of the prompt's prediction back,
 *     from 0 (off) to 1 (Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are
 *     Flawed", section 3.4)
 * @param guided which calls are guided
 * @param imageScale how far a model that edits moves towards the image; 1, as for all others, is no
 *     guidance by it
 */
public record GuidanceOptions(
    Prediction prediction, double scale, double rescale, GuidedCalls guided, double imageScale) {
  /** Nothing but a scale, for a network that predicts noise. */
  public static GuidanceOptions scale(double scale) {
    return new GuidanceOptions(Prediction.EPSILON, scale, 0, GuidedCalls.ALL, 1);
  }
}
