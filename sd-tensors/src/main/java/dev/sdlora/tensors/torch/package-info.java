/**
 * The bridge to libtorch: TorchScript programs written as text, and the native tensors that they
 * work on. Everything native in the library is made and owned here.
 */
@NullMarked
package dev.sdlora.tensors.torch;

import org.jspecify.annotations.NullMarked;
