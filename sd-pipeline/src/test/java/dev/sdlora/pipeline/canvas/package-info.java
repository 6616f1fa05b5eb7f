/** Tests of input images. */
@NullMarked
package dev.sdlora.pipeline.canvas;

import org.jspecify.annotations.NullMarked;
