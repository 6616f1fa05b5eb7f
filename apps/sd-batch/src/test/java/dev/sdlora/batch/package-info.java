/** Tests of batches. */
@NullMarked
package dev.sdlora.batch;

import org.jspecify.annotations.NullMarked;
