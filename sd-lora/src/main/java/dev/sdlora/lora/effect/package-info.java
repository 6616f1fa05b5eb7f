/**
 * How far LoRAs move the weights of a checkpoint.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How changes and checkpoints are measured against each other; the bars: {@code lora.effect}:
 *       {@code EffectMeter}, {@code DistanceMeter}, products in {@code ChangeReader}; {@code
 *       api.BarChart}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.effect;

import org.jspecify.annotations.NullMarked;
