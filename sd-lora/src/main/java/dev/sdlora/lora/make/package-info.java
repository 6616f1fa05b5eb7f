/**
 * Creates LoRA files: factors from singular values, names, metadata, and a file that is built one
 * layer at a time.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The metadata of a LoRA file: {@code lora.make.AdapterMetadata}; those about its training:
 *       {@code training.FileMetadata}.
 *   <li>The conversion of a change into factors: {@code lora.make.Decomposition} and its program.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.make;

import org.jspecify.annotations.NullMarked;
