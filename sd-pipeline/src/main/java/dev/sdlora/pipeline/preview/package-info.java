/** Looks at unfinished pictures. */
@NullMarked
package dev.sdlora.pipeline.preview;

import org.jspecify.annotations.NullMarked;
