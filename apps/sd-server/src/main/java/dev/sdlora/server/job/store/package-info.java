/**
 * Jobs in a database, so that they survive the process and several servers share them.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Tables and statements: {@code JobStore}.
 *   <li>What the database keeps of the stages and the order of jobs: {@code LifeRows}.
 *   <li>Which job a server draws next: {@code Claims}.
 *   <li>Images that jobs read: {@code Pictures}, {@code WholeRequest}.
 *   <li>Connections, outages, and the file of H2: {@code Database}, {@code Outage}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.job.store;

import org.jspecify.annotations.NullMarked;
