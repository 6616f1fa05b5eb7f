/**
 * Samplers, schedules, random number generators, and ways to sample in less time.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What few-step methods set; which LoRAs are such: {@code api.FewSteps}; {@code
 *       lora.library.FewStepLora}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.sampling;

import org.jspecify.annotations.NullMarked;
