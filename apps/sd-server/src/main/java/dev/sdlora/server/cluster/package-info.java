/**
 * Servers with roles: fronts accept jobs and have the files of models, workers draw and get the
 * files that they lack from the front.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Which files a request needs: {@code RequestFiles}; their description: {@code NeededFiles}.
 *   <li>Files by hash over HTTP: {@code FilesApi}.
 *   <li>Where a worker finds and keeps files: {@code FileSupply}, {@code FileView}.
 *   <li>Which checkpoint a worker holds: {@code FetchedModels}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.cluster;

import org.jspecify.annotations.NullMarked;
