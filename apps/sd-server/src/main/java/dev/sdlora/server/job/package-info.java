/**
 * Jobs that wait, run and have ended. Arrows run down: {@code api} (HTTP) needs {@code shared}
 * (jobs of several servers), which needs {@code store} (the database), which needs this package.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The memory that jobs may hold: {@code server.job.JobQueue}; estimates of memory: {@code
 *       HeldBytes}, {@code Work.heldBytes}; estimates of time: {@code Forecast}.
 *   <li>Starting, waiting, ending and forgetting jobs: {@code JobQueue}; stages of a job, leases
 *       and retries, with and without a database: {@code JobStage} has the table, {@code JobLife}
 *       decides, {@code JobLives} keeps; the work of a job: {@code Work}, implemented for example
 *       by {@code DrawingRun}; disconnected clients: {@code http.ClientConnection}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.job;

import org.jspecify.annotations.NullMarked;
