/**
 * The studio: a web page, and what it asks for beside jobs.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>The page's start image and its size, masks, ControlNet units; what is dropped on the page:
 *       {@code studio/image}: {@code image-tab.js}, {@code start-size.js}, {@code mask-editor.js}
 *       and {@code mask-strokes.js}, {@code control-tab.js}; {@code restore.js}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.studio;

import org.jspecify.annotations.NullMarked;
