/**
 * The images that were made: files of a folder, or those of jobs that are kept.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which images a gallery has; how images of jobs are written; a request as fields again:
 *       {@code server.gallery}: {@code ImageFolder}, {@code JobGallery}; {@code
 *       request.DrawingWriter}, the inverse of {@code DrawingReader}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.gallery;

import org.jspecify.annotations.NullMarked;
