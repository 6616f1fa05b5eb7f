/**
 * Checks of LoRAs against checkpoints, and the distance between checkpoints.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Fit of a LoRA to a checkpoint: {@code pipeline.fit.FitDraft}, {@code BaseHash}, {@code
 *       lora.library.Bases}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.fit;

import org.jspecify.annotations.NullMarked;
