/**
 * What stands behind {@code dev.sdlora.api.make}; a class for each of its tasks.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How checkpoints are merged: {@code pipeline.make.CheckpointMerger}; the formula in {@code
 *       WeightedSum}, blocks in {@code MergedBlocks}, {@code MergeRecipe}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.make;

import org.jspecify.annotations.NullMarked;
