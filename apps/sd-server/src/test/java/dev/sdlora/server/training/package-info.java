/** What trainings over HTTP are made of. */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
