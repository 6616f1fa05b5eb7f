/**
 * Strengths of LoRAs, and what is known about their files: contents, effect, fit, conflicts.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>What is told about a LoRA: {@code api.LoraDetails}; {@code lora.library.LoraCards}, {@code
 *       TrainingFacts}, {@code TrainingTags}, {@code Sidecars}.
 *   <li>An argument of a LoRA's tag: {@code api.LoraStrength}, {@code prompt.grammar.LoraTag}; what
 *       it does in {@code lora.plan.LoraUse}.
 *   <li>How a LoRA's strength changes on the way: {@code api.StrengthSchedule}; asked before each
 *       call of the U-Net by {@code AppliedLoras.call}; in hires fix, {@code LoraStrength.inHires}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.lora;

import org.jspecify.annotations.NullMarked;
