/**
 * The differences between families of models in training: {@code TrainedFamily}, for U-Nets in
 * {@code UNetTraining}, for transformers in {@code FlowTraining}. Estimates of memory and time of a
 * step, from the shapes of weights: {@code StepEstimate}, {@code ModelCallCost}.
 */
@NullMarked
package dev.sdlora.training.family;

import org.jspecify.annotations.NullMarked;
