/**
 * Networks in ONNX files: opens them in ONNX Runtime, says what they read and return, and runs
 * them. Only this package uses ONNX Runtime.
 */
@NullMarked
package dev.sdlora.onnx.session;

import org.jspecify.annotations.NullMarked;
