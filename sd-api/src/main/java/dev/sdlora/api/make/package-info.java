/**
 * Makes LoRA files out of checkpoints and other LoRA files, and checkpoints with LoRAs in them.
 * Each class is one task: name what it works on, set what differs from the defaults, and write.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>An option of what makes LoRA files: its builder in {@code api.make}, its record in {@code
 *       MakingBackend}, its class in {@code pipeline.make}.
 *   <li>The names that files are written with: {@code api.make.KeyNames}, {@code
 *       lora.make.KeyNaming}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.make;

import org.jspecify.annotations.NullMarked;
