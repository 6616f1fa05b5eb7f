/** The server's own API, {@code /api/jobs}. */
@NullMarked
package dev.sdlora.server.job.api;

import org.jspecify.annotations.NullMarked;
