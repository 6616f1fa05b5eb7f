/**
 * Looks at unfinished images.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Previews, images by TAESD: {@code preview}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.preview;

import org.jspecify.annotations.NullMarked;
