/**
 * The preprocessors of control images, as A1111's ControlNet extension and OpenCV compute them.
 * Networks are run by the module sd-onnx.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new preprocessor: its name and settings in {@code api.value.ControlFilter} and {@code
 *       api.image.Preprocessor}, its pixels in {@code ControlImages}; one with a network: its file
 *       in {@code api.value.NetworkFile}, its pixels in sd-onnx.
 *   <li>Resizing to a resolution: {@code Sized}, {@code CvResize}.
 *   <li>The size of a control image in a request: {@code pipeline.control.Controls}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.preprocess;

import org.jspecify.annotations.NullMarked;
