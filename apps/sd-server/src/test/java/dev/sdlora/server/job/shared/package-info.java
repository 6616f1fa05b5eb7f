/** Tests through HTTP of jobs in a database. */
@NullMarked
package dev.sdlora.server.job.shared;

import org.jspecify.annotations.NullMarked;
