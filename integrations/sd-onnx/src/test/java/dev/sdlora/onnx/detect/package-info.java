@NullMarked
package dev.sdlora.onnx.detect;

import org.jspecify.annotations.NullMarked;
