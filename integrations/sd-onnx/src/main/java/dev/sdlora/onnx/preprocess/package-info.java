/**
 * The preprocessors of control images that run a network, with the results of A1111's ControlNet
 * extension.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new preprocessor: {@code ControlNetworks}, and {@code api.value.ControlFilter}.
 *   <li>Poses: {@code People} and {@code KeyPoints} find them, {@code Skeletons} draws them.
 * </ul>
 */
@NullMarked
package dev.sdlora.onnx.preprocess;

import org.jspecify.annotations.NullMarked;
