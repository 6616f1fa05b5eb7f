/**
 * Turns a prompt's text into the conditions that the U-Net reads.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Emphasis, the cache of encoded text: {@code conditioning}: {@code TextBatch}, {@code
 *       EncodedChunks}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.conditioning;

import org.jspecify.annotations.NullMarked;
