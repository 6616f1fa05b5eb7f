/**
 * Writes checkpoints in another format, and with baked LoRAs.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Weights in another format, and baked LoRAs: {@code WeightWriter}; values that differ from
 *       the file's, {@code Baker}; which tensors are quantised, {@code ConversionLayout} and {@code
 *       Architecture}; files to write, {@code GgufTarget} and {@code SafetensorsTarget}; the work
 *       on all cores, {@code PieceWorkers}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.make.weights;

import org.jspecify.annotations.NullMarked;
