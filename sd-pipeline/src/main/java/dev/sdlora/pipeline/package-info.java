/** From a prompt to a picture: {@link dev.sdlora.pipeline.Generation} is the way through. */
@NullMarked
package dev.sdlora.pipeline;

import org.jspecify.annotations.NullMarked;
