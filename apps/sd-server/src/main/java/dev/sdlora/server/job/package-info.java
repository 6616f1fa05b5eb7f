/** Requests for pictures that wait, run and have ended. */
@NullMarked
package dev.sdlora.server.job;

import org.jspecify.annotations.NullMarked;
