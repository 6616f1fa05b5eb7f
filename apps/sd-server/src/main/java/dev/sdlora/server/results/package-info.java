/**
 * Images of ended jobs in a folder or a bucket.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Names of files, and which ones are deleted when: {@code Results}.
 *   <li>Another kind of place: an implementation of {@code ResultPlace.Provider}, as in the module
 *       sd-s3.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.results;

import org.jspecify.annotations.NullMarked;
