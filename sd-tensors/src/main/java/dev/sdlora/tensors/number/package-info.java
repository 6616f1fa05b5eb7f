/**
 * Formats of numbers in tensors: {@link dev.sdlora.tensors.number.DType} for elements that are
 * stored one by one, {@link dev.sdlora.tensors.number.BlockType} for the blocks of GGUF files,
 * which are read by {@code SmallBlocks} and {@code LargeBlocks} and rounded by {@code
 * SmallRounding}, {@code LargeRounding} and {@code PartFit}. Nothing here knows files.
 */
@NullMarked
package dev.sdlora.tensors.number;

import org.jspecify.annotations.NullMarked;
