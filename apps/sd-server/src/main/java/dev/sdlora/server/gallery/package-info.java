/** The pictures that were made: files of a folder, or those of jobs that are kept. */
@NullMarked
package dev.sdlora.server.gallery;

import org.jspecify.annotations.NullMarked;
