/**
 * Measures how far LoRAs move the weights of a checkpoint.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Measurements of changes and checkpoints, and their bar charts: {@code lora.effect}: {@code
 *       EffectMeter}, {@code DistanceMeter}, products in {@code ChangeReader}; {@code
 *       training.report.BarChart}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.effect;

import org.jspecify.annotations.NullMarked;
