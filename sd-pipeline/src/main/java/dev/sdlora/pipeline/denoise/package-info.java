/**
 * The samplers' view of the U-Net: a function that takes noise out of a latent.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How conditions guide, batches: {@code pipeline.denoise}: the formula in {@code Guidance},
 *       what runs together in {@code BatchedPredictor}.
 *   <li>Which calls are guided: {@code denoise.GuidedCalls}; options in {@code api.SpeedOptions},
 *       their keys in {@code image.SpeedKeys}; compared by {@code demo.CompareSpeedOptions}.
 *   <li>What else the U-Net reads in a call: {@code denoise.NoisePredictor}, the one place where it
 *       is called; made in {@code DenoisingPass}.
 *   <li>Which calls of the U-Net are whole, what they keep for others: {@code denoise.DeepCache};
 *       what then runs, {@code predict_keeping} in {@code unet.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.denoise;

import org.jspecify.annotations.NullMarked;
