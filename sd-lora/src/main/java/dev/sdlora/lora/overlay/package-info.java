/**
 * LoRAs that programs add to the outputs of a model's layers while they run, without changing its
 * weights.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Kinds of adapters that can be overlaid: {@code lora.overlay.Overlays.canOverlay}, and the
 *       branch of {@code linear} and {@code conv} in {@code layers.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.overlay;

import org.jspecify.annotations.NullMarked;
