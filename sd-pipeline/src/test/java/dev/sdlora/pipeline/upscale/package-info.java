/** Tests of upscalers. */
@NullMarked
package dev.sdlora.pipeline.upscale;

import org.jspecify.annotations.NullMarked;
