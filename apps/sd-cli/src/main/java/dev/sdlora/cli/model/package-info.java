/**
 * Options that name models, LoRAs and folders, and the files behind them.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A reference to a published file: {@code PublishedFile}.
 *   <li>{@code --lora} and LoRA folders: {@code LoraArguments}, {@code LoraReference}, {@code
 *       LoraFolders}.
 *   <li>Checkpoint, parts and pipeline: {@code ModelOptions}, {@code PartsOptions}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.model;

import org.jspecify.annotations.NullMarked;
