/** Image enlargement with upscaler networks. */
@NullMarked
package dev.sdlora.pipeline.upscale;

import org.jspecify.annotations.NullMarked;
