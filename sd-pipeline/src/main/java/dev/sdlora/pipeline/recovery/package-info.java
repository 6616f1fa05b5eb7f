/**
 * Finds the files that pictures were made with, by what the pictures tell of them.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How the files of a picture are found; hashes that are kept: {@code pipeline.recovery};
 *       {@code tensors.folder.HashIndex}, {@code HashList}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.recovery;

import org.jspecify.annotations.NullMarked;
