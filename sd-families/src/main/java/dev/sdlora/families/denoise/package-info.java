/**
 * The samplers' view of the U-Net: a function that removes noise from a latent.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Guidance formula and batches: {@code denoise}: {@code Guidance} and {@code
 *       BatchedPredictor}.
 *   <li>Selection of guided calls: {@code denoise.GuidedCalls}; options in {@code
 *       api.SpeedOptions}, their keys in {@code key.SpeedKeys}.
 *   <li>Predictions without some blocks: {@code denoise.LayerSkipping}, with keys in {@code
 *       key.SkipLayerKeys}.
 *   <li>Other inputs of the U-Net: {@code denoise.NoisePredictor}, the only place where it is
 *       called; created in {@code generation.PassModel}.
 *   <li>Whole and partial U-Net calls, cached features: {@code denoise.DeepCache}; the partial
 *       network, {@code predict_keeping} in {@code unet.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.denoise;

import org.jspecify.annotations.NullMarked;
