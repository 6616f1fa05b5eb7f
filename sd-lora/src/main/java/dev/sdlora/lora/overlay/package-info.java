/**
 * LoRAs beside the weights of a model, as programs add them while they run.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which kinds can be overlaid: {@code lora.overlay.Overlays.canOverlay}, and the branch of
 *       {@code linear} and {@code conv} in {@code layers.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.overlay;

import org.jspecify.annotations.NullMarked;
