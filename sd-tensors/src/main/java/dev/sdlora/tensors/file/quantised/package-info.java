/**
 * Quantised weights in safetensors and PyTorch files: {@code QuantisedLayouts} recognises what the
 * tensors and notes of a file describe; the other classes compute the values of a format.
 */
@NullMarked
package dev.sdlora.tensors.file.quantised;

import org.jspecify.annotations.NullMarked;
