/** Tests of images that requests start from. */
@NullMarked
package dev.sdlora.pipeline.canvas;

import org.jspecify.annotations.NullMarked;
