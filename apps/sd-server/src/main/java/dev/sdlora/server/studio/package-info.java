/**
 * The studio: a web page, and its API other than jobs.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The page's start image and its size, masks, reference images, ControlNet units and dropped
 *       files: {@code image-tab.js}, {@code start-size.js}, {@code mask-editor.js}, {@code
 *       mask-strokes.js}, {@code reference-images.js}, {@code control-tab.js} and {@code
 *       restore.js} in {@code studio/image}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.studio;

import org.jspecify.annotations.NullMarked;
