@NullMarked
package dev.sdlora.onnx;

import org.jspecify.annotations.NullMarked;
