/**
 * The bridge to libtorch: TorchScript programs written as text, and the native tensors that they
 * work on. All native resources of the library are created and owned here.
 */
@NullMarked
package dev.sdlora.tensors.torch;

import org.jspecify.annotations.NullMarked;
