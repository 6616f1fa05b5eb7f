/**
 * The second engine: libtorch as {@code org.bytedeco:pytorch} publishes it, with its natives for
 * processors, CUDA and Apple's GPUs. docs/natives.md describes it for users.
 *
 * <p>DJL's interfaces of managers and arrays are implemented as far as this library uses them;
 * other operations throw {@link java.lang.UnsupportedOperationException}.
 */
@NullMarked
package dev.sdlora.libtorch;

import org.jspecify.annotations.NullMarked;
