/** Requests as fields. */
@NullMarked
package dev.sdlora.server.request;

import org.jspecify.annotations.NullMarked;
