package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;

/**
 * A change of a weight matrix, {@code scale · up · down}.
 *
 * @param up float32, [out, rank]
 * @param down float32, [rank, in]; for a convolution, "in" includes every position of the kernel
 * @param scale the factor of the product
 */
public record LowRank(NDArray up, NDArray down, double scale) {}
