/**
 * Makes LoRA files from checkpoints and other LoRA files, checkpoints that contain LoRAs, and files
 * with weights in another format. Each class is one task: create it for its input files, set
 * options that differ from the defaults, and write the file.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>An option of a task: its builder in {@code api.make}, its record in {@code MakingBackend},
 *       its class in {@code pipeline.make}.
 *   <li>The tensor names of the written files: {@code api.make.spi.KeyNames}, {@code
 *       lora.make.KeyNaming}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.make;

import org.jspecify.annotations.NullMarked;
