/** Tests of the database of the jobs. */
@NullMarked
package dev.sdlora.server.job.store;

import org.jspecify.annotations.NullMarked;
