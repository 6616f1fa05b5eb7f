/**
 * The gallery of generated images: files of a folder, or images of the jobs in the history.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The images of a gallery and how images of jobs are saved: {@code ImageFolder} and {@code
 *       JobGallery} in {@code server.gallery}; converting a request back to fields: {@code
 *       request.DrawingWriter}, the inverse of {@code DrawingReader}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.gallery;

import org.jspecify.annotations.NullMarked;
