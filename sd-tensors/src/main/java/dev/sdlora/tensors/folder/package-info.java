/**
 * Lists the files in model folders, and caches what was read from them.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The paths in errors of requests: {@code tensors.folder.PathRedactor}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.folder;

import org.jspecify.annotations.NullMarked;
