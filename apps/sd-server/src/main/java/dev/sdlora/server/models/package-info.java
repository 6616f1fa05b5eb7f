/**
 * Several checkpoints in one server.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Finding checkpoints in folders: {@code CheckpointFolders}.
 *   <li>Which weights are in memory, and when they are loaded and unloaded: {@code PipelinePool}.
 *   <li>Names, hashes and the current checkpoint: {@code ServerModels}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.models;

import org.jspecify.annotations.NullMarked;
