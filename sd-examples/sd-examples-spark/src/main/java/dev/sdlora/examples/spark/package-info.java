/** A batch on a Spark cluster. */
@NullMarked
package dev.sdlora.examples.spark;

import org.jspecify.annotations.NullMarked;
