/** Tests of finished pictures. */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
