/** Tests of results. */
@NullMarked
package dev.sdlora.server.results;

import org.jspecify.annotations.NullMarked;
