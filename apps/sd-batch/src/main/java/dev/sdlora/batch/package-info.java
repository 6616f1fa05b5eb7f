/**
 * Batches: draws lists of requests into a folder and resumes interrupted runs.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The requests that a line of a manifest makes, and their ids: {@code batch.Matrix}, {@code
 *       CompleteSettings}.
 *   <li>The order of a batch; the remaining work; running it: {@code batch.BatchPlan}; {@code
 *       RequestStates}; {@code BatchRun}.
 *   <li>Sharing a folder between runs and naming images; recording results: {@code
 *       batch.OutputFolder}; {@code ResultFile}; random kills: {@code cli.KilledBatchesIT}.
 * </ul>
 */
@NullMarked
package dev.sdlora.batch;

import org.jspecify.annotations.NullMarked;
