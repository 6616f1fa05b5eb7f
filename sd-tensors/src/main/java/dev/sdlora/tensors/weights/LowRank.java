package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;

/**
 * A change of a weight matrix, {@code scale · up · down}.
 *
 * @param up float32, [out, rank]
 * @param down float32, [rank, in], where a convolution's input counts every position of its kernel
 * @param scale factor on the product
 */
public record LowRank(NDArray up, NDArray down, double scale) {}
