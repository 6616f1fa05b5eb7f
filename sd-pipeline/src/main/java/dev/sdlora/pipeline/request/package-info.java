/**
 * Requests resolved against a model: {@link dev.sdlora.pipeline.request.RequestPlan} parses
 * prompts, finds LoRAs, and determines sizes, passes and memory before any weight changes.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Limits of a request: {@code RequestInputs}; memory estimates, {@code RequestMemory} and
 *       {@code families.memory}, measured by {@code PeakMemory} among the tests.
 *   <li>Plans from tags and LoRA objects: {@code LoraResolver}; words that LoRA files recommend,
 *       {@code TriggerWordPrompts}; wildcards, {@code ResolvedPrompts}, {@code
 *       wildcard.WildcardFolders}.
 *   <li>Steps and noise levels of a pass: {@code PassSampling}; hires fix, {@code HiresPlan};
 *       detail passes, {@code DetailPlan}.
 *   <li>Images that are drawn together: {@code JointBatch}; synchronizing their samplers, {@code
 *       denoise.Lockstep}.
 *   <li>Masks by name: {@code Masks}; their placement over the latents, {@code canvas.RegionFrame};
 *       a LoRA's, {@code lora.overlay.Place} and {@code canvas.RegionTensors}.
 *   <li>Warnings: prompts, {@code PromptWarnings}; unknown words, {@code UntaughtWords}; image
 *       sizes, {@code SizeWarning}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.request;

import org.jspecify.annotations.NullMarked;
