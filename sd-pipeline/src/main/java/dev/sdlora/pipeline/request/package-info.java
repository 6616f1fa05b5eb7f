/**
 * Requests resolved against a model: {@link dev.sdlora.pipeline.request.RequestPlan} reads prompts,
 * finds LoRAs and settles sizes, passes and memory before any weight changes.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Bounds of a request: {@code RequestInputs}; memory estimates, {@code RequestMemory} and
 *       {@code pipeline.memory}, measured by {@code PeakMemory} among the tests.
 *   <li>Tags and LoRA objects to plans: {@code LoraResolver}; words that LoRA files recommend,
 *       {@code TriggerWordPrompts}; wildcards, {@code ResolvedPrompts}, {@code WildcardFolders}.
 *   <li>Steps and noise levels of a pass: {@code PassSampling}; hires fix, {@code HiresPlan}.
 *   <li>Which images are drawn together: {@code JointBatch}; how their samplers meet, {@code
 *       denoise.Lockstep}.
 *   <li>Masks by name: {@code Masks}; how they lie over the latents, {@code canvas.RegionFrame}; a
 *       LoRA's, {@code lora.overlay.Place} and {@code generation.RegionTensors}.
 *   <li>Warnings: prompts, {@code PromptWarnings}; unknown words, {@code UntaughtWords}; image
 *       sizes, {@code SizeWarning}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.request;

import org.jspecify.annotations.NullMarked;
