/**
 * Jobs that this server shares with others and with its own next process, by the database.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>How requests of each API become jobs: {@code DrawingJobs}, {@code Submission}.
 *   <li>What servers learn from each other: {@code SharedJobs}, {@code SharedWork}, {@code
 *       StoredJobView}.
 *   <li>What a server draws with: {@code ModelProvider}; what it has claimed: {@code ClaimedJobs}.
 *   <li>When a server with faults claims no more jobs: {@code ServerHealth}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.job.shared;

import org.jspecify.annotations.NullMarked;
