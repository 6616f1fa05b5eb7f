/**
 * What LoRA files are made of and with: factors by singular values, names, metadata, and the file
 * that takes them one layer after another.
 */
@NullMarked
package dev.sdlora.lora.make;

import org.jspecify.annotations.NullMarked;
