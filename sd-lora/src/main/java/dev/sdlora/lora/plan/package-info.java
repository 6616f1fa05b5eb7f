/**
 * Plans the changes of LoRA files by matching their modules with the layers of a checkpoint.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Modules for several layers in one: the layers of a name in {@code Stack}, their rows in
 *       {@code lora.format.RowCut}.
 *   <li>Another diffusion transformer: its table in {@code lora.family}, its blocks in {@code
 *       Blocks}; prefixes and spellings of trainers, for all of them, in {@code TransformerKeys}.
 *   <li>LoRAs that widen the input of a network: {@code ControlInput}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.plan;

import org.jspecify.annotations.NullMarked;
