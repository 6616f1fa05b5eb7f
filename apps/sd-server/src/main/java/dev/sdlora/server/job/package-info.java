/**
 * Requests for images that wait, run and have ended.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What jobs may hold, when a full queue has a place: {@code server.job.JobQueue}; estimates
 *       in {@code HeldBytes}, {@code Work.heldBytes}.
 *   <li>When jobs start, wait, end and are forgotten; what a job does: {@code server.job}: {@code
 *       JobQueue}, {@code WaitingLine}; {@code Work}, of which {@code Drawing} is one; when a
 *       client has gone, {@code http.ClientConnection}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.job;

import org.jspecify.annotations.NullMarked;
