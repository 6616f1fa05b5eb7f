/** Batches on executors, tested. */
@NullMarked
package dev.sdlora.spark;

import org.jspecify.annotations.NullMarked;
