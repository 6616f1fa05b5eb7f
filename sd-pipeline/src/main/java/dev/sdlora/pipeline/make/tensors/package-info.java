/**
 * The tensors of checkpoints that files are made from, in the order in which files store them, and
 * the files to write.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The tensors of a checkpoint to write: {@code SingleFileTensors}; {@code TransformerTensors}
 *       for transformers.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.make.tensors;

import org.jspecify.annotations.NullMarked;
