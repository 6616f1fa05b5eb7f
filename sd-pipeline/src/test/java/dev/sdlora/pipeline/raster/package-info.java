/** Tests of picture arithmetic. */
@NullMarked
package dev.sdlora.pipeline.raster;

import org.jspecify.annotations.NullMarked;
