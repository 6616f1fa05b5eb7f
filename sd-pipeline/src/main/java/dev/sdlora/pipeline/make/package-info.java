/**
 * Implements {@code dev.sdlora.api.make}, with a class for each task.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The tensors of a checkpoint to write: {@code SingleFileTensors}; {@code TransformerTensors}
 *       for transformers.
 *   <li>Merging of checkpoints: {@code pipeline.make.CheckpointMerger}; the formula in {@code
 *       WeightedSum}, blocks in {@code MergedBlocks}, {@code MergeRecipe}.
 *   <li>Weights in another format, and baked LoRAs: {@code WeightWriter}; values that differ from
 *       the file's, {@code Baker}; which tensors are quantised, {@code ConversionLayout} and {@code
 *       Architecture}; files to write, {@code GgufTarget} and {@code SafetensorsTarget}; the work
 *       on all cores, {@code PieceWorkers}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.make;

import org.jspecify.annotations.NullMarked;
