/** Tests of trainings over HTTP, and of their parts. */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
