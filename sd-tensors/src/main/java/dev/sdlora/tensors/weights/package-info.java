/**
 * Weights on their way from a file into native memory, and their changes there.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How weights are changed: {@code tensors.weights.LiveWeights}, the only one that has them
 *       written: {@code WeightTensors} holds the tensors, {@code Rewriting} computes them, {@code
 *       WorkerThreads} has the threads.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.weights;

import org.jspecify.annotations.NullMarked;
