/**
 * Tensors on disk: {@link dev.sdlora.tensors.file.TensorFile} reads a safetensors file, {@link
 * dev.sdlora.tensors.file.SafetensorsWriter} writes one, and {@link
 * dev.sdlora.tensors.file.FileHashes} names one as A1111 does. Plain Java on byte buffers and float
 * arrays; nothing here knows the engine.
 */
@NullMarked
package dev.sdlora.tensors.file;

import org.jspecify.annotations.NullMarked;
