/**
 * Lists of requests that are drawn into a folder, and gone on with where they were broken off.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which requests a line of a manifest makes; what their ids are made of: {@code
 *       batch.Matrix}; {@code CompleteSettings}.
 *   <li>In which order a batch is drawn; what is left to do of a request; what a run does with it:
 *       {@code batch.BatchPlan}; {@code RequestStates}; {@code BatchRun}.
 *   <li>How runs share a folder, how images get their names; how results are written down: {@code
 *       batch.OutputFolder}; {@code ResultFile}; killed at random by {@code cli.KilledBatchesIT}.
 * </ul>
 */
@NullMarked
package dev.sdlora.batch;

import org.jspecify.annotations.NullMarked;
