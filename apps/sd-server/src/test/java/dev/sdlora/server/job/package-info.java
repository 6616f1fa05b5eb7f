/** Tests of the queue over a pipeline that does what a test says. */
@NullMarked
package dev.sdlora.server.job;

import org.jspecify.annotations.NullMarked;
