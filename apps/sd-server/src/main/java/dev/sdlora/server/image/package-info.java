/**
 * Images from clients: uploads, settings in images, upscaling.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The response about the settings in an image over HTTP: {@code server.image.Restored}; their
 *       conversion to fields: {@code request.DrawingWriter}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.image;

import org.jspecify.annotations.NullMarked;
