/** Tests of guidance. */
@NullMarked
package dev.sdlora.pipeline.denoise;

import org.jspecify.annotations.NullMarked;
