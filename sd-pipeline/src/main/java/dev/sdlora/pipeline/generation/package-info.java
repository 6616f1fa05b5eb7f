/**
 * Drawing a plan: {@link dev.sdlora.pipeline.generation.Generation} prepares, encodes, samples,
 * decodes and finishes.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A denoising pass: {@code DenoisingPass}; its model calls, caches and guidance, {@code
 *       PassModel}; its prompts, {@code PromptEncoding}; hires fix, {@code HiresPass}.
 *   <li>The refiner: {@code model.Refiner}, {@code PassModel.refinerGuidance}, {@code
 *       denoise.SwitchingDenoiser}.
 *   <li>Detail passes: {@code DetailLoop}, {@code request.DetailPlan}.
 *   <li>LoRAs applied during a request: {@code AppliedLoras}, {@code RequestNetworks}.
 *   <li>Settings in the infotext: {@code ResultSettings}; warnings, {@code ResultWarnings}.
 *   <li>Exceptions for callers: {@code Failures}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.generation;

import org.jspecify.annotations.NullMarked;
