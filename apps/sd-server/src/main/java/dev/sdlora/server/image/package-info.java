/**
 * Images that come from clients: kept for their requests, read for settings, enlarged.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What is told of the settings in an image over HTTP: {@code server.pictures.Restored}; as
 *       fields, {@code request.DrawingWriter}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.image;

import org.jspecify.annotations.NullMarked;
