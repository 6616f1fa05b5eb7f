/**
 * Strengths of LoRAs, and information about their files: contents, effect, fit, conflicts.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Information about a LoRA: {@code api.LoraDetails}; {@code lora.library.LoraCards}, {@code
 *       TrainingFacts}, {@code TrainingTags}, {@code Sidecars}.
 *   <li>An argument of a LoRA's tag: {@code api.LoraStrength}, {@code prompt.grammar.LoraTag};
 *       {@code lora.plan.LoraUse} applies it.
 *   <li>The change of a LoRA's strength over the steps: {@code api.StrengthSchedule}, evaluated
 *       before each call of the U-Net by {@code AppliedLoras.call}; for hires fix, {@code
 *       LoraStrength.inHires}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.lora;

import org.jspecify.annotations.NullMarked;
