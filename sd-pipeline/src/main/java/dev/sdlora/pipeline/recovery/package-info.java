/**
 * Finds the files that images were made with, by what the images tell of them.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How the files of an image are found; hashes that are kept: {@code pipeline.recovery};
 *       {@code tensors.folder.HashIndex}, {@code HashList}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.recovery;

import org.jspecify.annotations.NullMarked;
