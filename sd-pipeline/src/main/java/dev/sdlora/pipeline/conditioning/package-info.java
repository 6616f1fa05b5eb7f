/**
 * From a prompt's text to what the U-Net reads of it.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Emphasis, what is kept of encoded text: {@code pipeline.conditioning}: {@code TextBatch},
 *       {@code EncodedChunks}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.conditioning;

import org.jspecify.annotations.NullMarked;
