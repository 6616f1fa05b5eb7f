/**
 * How much memory requests need, found out before they take any, and how much there is: what does
 * not fit is refused or waits.
 */
@NullMarked
package dev.sdlora.pipeline.memory;

import org.jspecify.annotations.NullMarked;
