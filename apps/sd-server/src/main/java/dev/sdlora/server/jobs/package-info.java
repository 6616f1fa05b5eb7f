/** The server's own interface, {@code /api/jobs}. */
@NullMarked
package dev.sdlora.server.jobs;

import org.jspecify.annotations.NullMarked;
