/**
 * What LoRA files are made of and with: factors by singular values, names, metadata, and the file
 * that takes them one layer after another.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What a LoRA file tells about itself: {@code lora.make.AdapterMetadata}; of its training
 *       {@code training.FileMetadata}.
 *   <li>How a change becomes factors: {@code lora.make.Decomposition} and its program.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.make;

import org.jspecify.annotations.NullMarked;
