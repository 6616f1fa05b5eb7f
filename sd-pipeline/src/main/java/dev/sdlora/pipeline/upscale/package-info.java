/** Images enlarged by networks. */
@NullMarked
package dev.sdlora.pipeline.upscale;

import org.jspecify.annotations.NullMarked;
