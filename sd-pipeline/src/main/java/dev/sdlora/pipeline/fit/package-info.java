/**
 * Which LoRAs fit which checkpoints, and how far checkpoints are apart.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Whether a LoRA fits a checkpoint: {@code pipeline.fit.FitDraft}, {@code BaseHash}, {@code
 *       lora.library.Bases}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.fit;

import org.jspecify.annotations.NullMarked;
