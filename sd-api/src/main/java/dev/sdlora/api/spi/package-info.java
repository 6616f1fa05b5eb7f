/** The seam between the public API and the module that implements it. */
@NullMarked
package dev.sdlora.api.spi;

import org.jspecify.annotations.NullMarked;
