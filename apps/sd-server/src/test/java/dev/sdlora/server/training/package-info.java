/** Tests of the parts of trainings over HTTP. */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
