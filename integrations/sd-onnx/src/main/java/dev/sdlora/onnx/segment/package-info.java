/**
 * Masks at points by SAM, MobileSAM and SAM 2.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>What the encoder reads: {@code SamEncoder}. What the decoder reads and returns: {@code
 *       SamDecoder}.
 * </ul>
 */
@NullMarked
package dev.sdlora.onnx.segment;

import org.jspecify.annotations.NullMarked;
