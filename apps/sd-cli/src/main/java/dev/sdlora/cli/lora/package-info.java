/**
 * {@code sd lora}: commands that describe, compare and make LoRA files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A command: its class; {@code LoraCommand} lists them.
 *   <li>Options of commands that write a file: {@code MakingOptions}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.lora;

import org.jspecify.annotations.NullMarked;
