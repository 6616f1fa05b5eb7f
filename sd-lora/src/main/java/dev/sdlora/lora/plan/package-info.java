/**
 * Plans the changes of LoRA files by matching their modules with the layers of a checkpoint.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Modules for several layers in one: the layers of a name in {@code ModuleIndex}, their rows
 *       in {@code lora.format.RowCut}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.plan;

import org.jspecify.annotations.NullMarked;
