/**
 * Tensors on disk: {@link dev.sdlora.tensors.file.TensorFile} reads safetensors, GGUF and PyTorch
 * files, {@link dev.sdlora.tensors.file.SafetensorsWriter} and {@link
 * dev.sdlora.tensors.file.GgufWriter} write files, and {@link dev.sdlora.tensors.file.FileHashes}
 * computes A1111's hashes. Plain Java on byte buffers and float arrays; nothing here depends on the
 * engine.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The limits of files: {@code tensors.file.HeaderParser}, {@code SettingsJson}, {@code
 *       tensors.pickle.PickleReader}, {@code families.checkpoint.layout.NetworkShapes}, {@code
 *       SmallTensors}.
 *   <li>Cancelling the reading of files; one bad file among many: {@code
 *       tensors.file.Cancellation}; {@code tensors.folder.FolderReading}.
 *   <li>Rounding weights to GGUF's blocks: {@code tensors.file.SmallRounding}, {@code
 *       LargeRounding} and {@code PartFit}.
 *   <li>GGUF files in several parts: {@code tensors.file.GgufParts}.
 *   <li>Writing files atomically: {@code tensors.file.ReplacedFile}.
 *   <li>The formats of quantised weights, and what describes them in a file: {@code
 *       tensors.file.Widening}, {@code tensors.file.QuantisedLayouts}, {@code
 *       tensors.file.BlockType} for GGUF; their bytes as they are stored: {@code
 *       tensors.file.StoredBytes}; llama.cpp's names: {@code
 *       families.checkpoint.stored.LlamaNames}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.file;

import org.jspecify.annotations.NullMarked;
