/**
 * Weights in native memory: reading them from files, and changing them.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Changing weights: {@code tensors.weights.LiveWeights}, the only class that has them
 *       written: {@code WeightTensors} holds the tensors, {@code Rewriting} computes them, {@code
 *       WorkerThreads} has the threads.
 *   <li>Formats in which weights stay in memory: {@code StoredFormat}; their layout there: {@code
 *       StoredParts} and {@code stored.torchscript.py}; their values: {@code
 *       widening.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.weights;

import org.jspecify.annotations.NullMarked;
