/** Tests of image arithmetic. */
@NullMarked
package dev.sdlora.pipeline.raster;

import org.jspecify.annotations.NullMarked;
