/**
 * Tensors on disk: {@link dev.sdlora.tensors.file.TensorFile} reads safetensors files and those of
 * PyTorch, {@link dev.sdlora.tensors.file.SafetensorsWriter} writes the former, and {@link
 * dev.sdlora.tensors.file.FileHashes} names one as A1111 does. Plain Java on byte buffers and float
 * arrays; nothing here knows the engine.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>The bounds of files: {@code tensors.file.HeaderParser}, {@code SettingsJson}, {@code
 *       tensors.pickle.PickleReader}, {@code pipeline.checkpoint.NetworkShapes}, {@code
 *       SmallTensors}.
 *   <li>Who ends the reading of files; one bad file among many: {@code tensors.file.Cancellation};
 *       {@code tensors.folder.FolderReading}.
 *   <li>How files are written: {@code tensors.file.ReplacedFile}.
 *   <li>How weights of 8 bits are scaled: {@code tensors.file.WeightScales}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.file;

import org.jspecify.annotations.NullMarked;
