/**
 * Drawing a plan: {@link dev.sdlora.pipeline.generation.Generation} prepares, encodes, samples,
 * decodes and finishes.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>One pass: {@code DenoisingPass}; its model calls, caches and guidance, {@code PassModel};
 *       its prompts, {@code PromptEncoding}; hires fix, {@code HiresPass}.
 *   <li>The refiner: {@code model.Refiner}, {@code PassModel.refinerGuidance}, {@code
 *       denoise.SwitchingDenoiser}.
 *   <li>LoRAs on the networks during a request: {@code AppliedLoras}, {@code RequestNetworks}.
 *   <li>Settings that images record: {@code ResultSettings}; warnings, {@code ResultWarnings}.
 *   <li>What callers get when a request fails: {@code Failures}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.generation;

import org.jspecify.annotations.NullMarked;
