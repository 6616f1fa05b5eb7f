/**
 * Detectors: YuNet and the networks of Ultralytics.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Another kind of network: {@code Detectors} chooses by outputs; a class like {@code YuNet}.
 *   <li>Boxes that overlap: {@code Candidates}.
 *   <li>Outlines of YOLO networks: {@code Prototypes}.
 * </ul>
 */
@NullMarked
package dev.sdlora.onnx.detect;

import org.jspecify.annotations.NullMarked;
