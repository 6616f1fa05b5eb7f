/** Tests of image operations. */
@NullMarked
package dev.sdlora.pipeline.raster;

import org.jspecify.annotations.NullMarked;
