/**
 * Jobs in a database, so that they survive the process and several servers share them.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Tables and statements: {@code JobStore}.
 *   <li>What the database keeps of the stages and the order of jobs: {@code LifeRows}.
 *   <li>Which job a server draws next: {@code Claims}.
 *   <li>When a server with faults claims no more jobs: {@code ServerHealth}.
 *   <li>How requests of each API become jobs: {@code DrawingJobs}, {@code Submission}.
 *   <li>Images that jobs read: {@code Pictures}, {@code WholeRequest}.
 *   <li>Connections, outages, and the file of H2: {@code Database}, {@code Outage}.
 *   <li>What a server draws with: {@code ModelProvider}.
 *   <li>What servers learn from each other: {@code SharedJobs}, {@code SharedWork}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.store;

import org.jspecify.annotations.NullMarked;
