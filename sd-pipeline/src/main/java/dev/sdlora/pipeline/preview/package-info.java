/**
 * Looks at unfinished pictures.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Previews, pictures by TAESD: {@code preview}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.preview;

import org.jspecify.annotations.NullMarked;
