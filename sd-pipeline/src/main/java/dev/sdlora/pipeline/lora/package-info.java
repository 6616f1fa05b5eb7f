/**
 * Applying the LoRAs of a request to one pipeline, and the gate that controls access to its
 * weights.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Requests that run at the same time: {@code WeightGate}.
 *   <li>LoRAs without effect: {@code ChangelessLoras}; factors of zeros, {@code
 *       lora.factors.ZeroModules}; changes lost by rounding, {@code lora.effect.RoundingMeter}.
 *   <li>Warnings about sums of LoRAs: {@code LoraSums}, norms in {@code lora.effect.SumEstimate}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.lora;

import org.jspecify.annotations.NullMarked;
