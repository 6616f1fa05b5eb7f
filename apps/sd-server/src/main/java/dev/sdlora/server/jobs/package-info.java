/** The server's own API, {@code /api/jobs}. */
@NullMarked
package dev.sdlora.server.jobs;

import org.jspecify.annotations.NullMarked;
