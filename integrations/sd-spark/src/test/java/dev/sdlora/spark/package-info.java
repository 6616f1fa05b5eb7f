/** Tests of batches on executors. */
@NullMarked
package dev.sdlora.spark;

import org.jspecify.annotations.NullMarked;
