package dev.sdlora.onnx.segment;

import dev.sdlora.onnx.session.Tensor;
import java.util.Map;

/**
 * An image as the decoder reads it.
 *
 * @param tensors the outputs of the encoder by name
 * @param width the width of the scaled image in the input of the encoder
 * @param height the height of the scaled image in the input of the encoder
 */
record Encoded(Map<String, Tensor> tensors, int width, int height) {}
