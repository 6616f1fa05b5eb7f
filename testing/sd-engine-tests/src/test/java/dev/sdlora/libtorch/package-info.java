/** Tests of the second engine through the public API, in the package of the engine. */
@NullMarked
package dev.sdlora.libtorch;

import org.jspecify.annotations.NullMarked;
