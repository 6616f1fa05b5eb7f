/** Batches drawn on many machines by Apache Spark. */
@NullMarked
package dev.sdlora.spark;

import org.jspecify.annotations.NullMarked;
