/**
 * Finds the files that images were made with by the names and hashes in the images' settings.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The search for an image's files: this package; cached hashes: {@code
 *       tensors.folder.HashIndex} and {@code HashList}.
 * </ul>
 */
@NullMarked
package dev.sdlora.infotext.recovery;

import org.jspecify.annotations.NullMarked;
