/** Resizing of images and of the outputs of networks, as OpenCV and PyTorch compute it. */
@NullMarked
package dev.sdlora.onnx.pixels;

import org.jspecify.annotations.NullMarked;
