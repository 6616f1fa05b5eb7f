/** Tests of the queue with a pipeline that the tests control. */
@NullMarked
package dev.sdlora.server.job;

import org.jspecify.annotations.NullMarked;
