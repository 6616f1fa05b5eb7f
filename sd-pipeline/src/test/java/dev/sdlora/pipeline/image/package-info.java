/** Tests of finished images. */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
