/**
 * Decides what LoRA files change: their modules matched to the layers of a checkpoint.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Modules for several layers in one: the layers of a name in {@code ModuleIndex}, their rows
 *       in {@code lora.format.RowCut}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.plan;

import org.jspecify.annotations.NullMarked;
