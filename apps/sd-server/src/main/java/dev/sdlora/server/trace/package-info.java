/**
 * The request that work belongs to: its id in logs and responses, and its place in a trace.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Accepted ids: {@code RequestId}.
 *   <li>Names in log lines, and the text that a database keeps: {@code Origin}.
 *   <li>The span of an HTTP request: {@code HttpSpans}; those of a job: {@code observe.JobSpans}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.trace;

import org.jspecify.annotations.NullMarked;
