/** A batch on a cluster. */
@NullMarked
package dev.sdlora.examples.spark;

import org.jspecify.annotations.NullMarked;
