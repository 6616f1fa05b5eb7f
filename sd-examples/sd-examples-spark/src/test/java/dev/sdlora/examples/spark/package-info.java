/** The example is run. */
@NullMarked
package dev.sdlora.examples.spark;

import org.jspecify.annotations.NullMarked;
