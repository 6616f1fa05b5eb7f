/**
 * Implements {@code dev.sdlora.api.make}, with a class for each task. Checkpoints are read by
 * {@code tensors} and converted by {@code weights}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Merging of checkpoints: {@code CheckpointMerger}; the formula in {@code WeightedSum},
 *       blocks in {@code MergedBlocks}, {@code MergeRecipe}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.make;

import org.jspecify.annotations.NullMarked;
