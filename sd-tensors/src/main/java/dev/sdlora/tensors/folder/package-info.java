/**
 * Files in folders that people keep models in: which there are, and what was read of them.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How files are shown in errors of requests: {@code tensors.folder.PathRedactor}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.folder;

import org.jspecify.annotations.NullMarked;
