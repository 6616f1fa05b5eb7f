/** Tests of previews and of TAESD. */
@NullMarked
package dev.sdlora.pipeline.preview;

import org.jspecify.annotations.NullMarked;
