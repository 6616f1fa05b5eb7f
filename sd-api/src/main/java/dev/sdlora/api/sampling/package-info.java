/**
 * Samplers, schedules, random number generators, and options for faster sampling.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Settings of few-step methods: {@code api.FewSteps}; detection of few-step LoRAs: {@code
 *       lora.library.FewStepLora}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.sampling;

import org.jspecify.annotations.NullMarked;
