/**
 * Runs networks in ONNX files for the public API: detectors, segmentation, and preprocessors of
 * control images.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>ONNX Runtime, threads, errors of files: {@code session}.
 *   <li>Detectors: {@code detect}. Masks at points: {@code segment}. Control images: {@code
 *       preprocess}.
 *   <li>Resizing: {@code pixels}.
 * </ul>
 */
@NullMarked
package dev.sdlora.onnx;

import org.jspecify.annotations.NullMarked;
