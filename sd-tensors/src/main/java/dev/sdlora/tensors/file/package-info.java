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
 *   <li>The limits of files: {@code tensors.file.HeaderParser}, {@code tensors.entry.TensorEntry}
 *       and {@code TensorContents}, {@code tensors.io.SettingsJson}, {@code
 *       tensors.pickle.PickleReader}, {@code families.checkpoint.layout.NetworkShapes}, {@code
 *       SmallTensors}.
 *   <li>One bad file among many: {@code tensors.folder.FolderReading}.
 *   <li>Which format a file has: {@code tensors.file.FileHead}; the formats: {@code
 *       tensors.file.gguf}, {@code tensors.file.pytorch}.
 *   <li>Rounding weights to GGUF's blocks: {@code tensors.number.SmallRounding}, {@code
 *       LargeRounding} and {@code PartFit}.
 *   <li>The formats of quantised weights, and what describes them in a file: {@code
 *       tensors.file.quantised.QuantisedLayouts}, {@code tensors.number.BlockType} for GGUF; their
 *       bytes as they are stored: {@code tensors.entry.StoredBytes}; llama.cpp's names: {@code
 *       families.checkpoint.stored.LlamaNames}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.file;

import org.jspecify.annotations.NullMarked;
