/**
 * The pictures that were made: files of a folder, or those of jobs that are kept.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which pictures a gallery has; how pictures of jobs are written; a request as fields again:
 *       {@code server.gallery}: {@code PictureFolder}, {@code JobGallery}; {@code
 *       request.DrawingWriter}, the inverse of {@code DrawingReader}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.gallery;

import org.jspecify.annotations.NullMarked;
