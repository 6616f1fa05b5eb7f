/** Handlers that every request passes before its route: who may ask, bodies, slow clients. */
@NullMarked
package dev.sdlora.server.transport;

import org.jspecify.annotations.NullMarked;
