/** Tests of the examples. */
@NullMarked
package dev.sdlora.examples.frameworks;

import org.jspecify.annotations.NullMarked;
