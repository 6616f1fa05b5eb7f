/**
 * Reports of what the server does: log lines, spans and metrics.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The line for each request: {@code AccessLog}; for each job: {@code JobLog}.
 *   <li>Spans of jobs and their attributes: {@code JobSpans}.
 *   <li>Metrics, which {@code docs/observability.md} lists: {@code Metrics}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.observe;

import org.jspecify.annotations.NullMarked;
