/**
 * Tensors on disk: {@link dev.sdlora.tensors.file.TensorFile} reads safetensors files and those of
 * PyTorch, {@link dev.sdlora.tensors.file.SafetensorsWriter} writes the former, and {@link
 * dev.sdlora.tensors.file.FileHashes} names one as A1111 does. Plain Java on byte buffers and float
 * arrays; nothing here knows the engine.
 */
@NullMarked
package dev.sdlora.tensors.file;

import org.jspecify.annotations.NullMarked;
