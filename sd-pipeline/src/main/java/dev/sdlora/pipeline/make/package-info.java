/** What stands behind {@code dev.sdlora.api.make}; a class for each of its tasks. */
@NullMarked
package dev.sdlora.pipeline.make;

import org.jspecify.annotations.NullMarked;
