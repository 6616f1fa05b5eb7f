/**
 * Previews of unfinished images: {@link dev.sdlora.pipeline.preview.LatentToRgb}, a fast
 * approximation, and {@link dev.sdlora.pipeline.preview.Taesd}, which also decodes final images.
 */
@NullMarked
package dev.sdlora.pipeline.preview;

import org.jspecify.annotations.NullMarked;
