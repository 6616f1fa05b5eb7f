/** Pictures over HTTP: {@link dev.sdlora.server.SdServer}. */
@NullMarked
package dev.sdlora.server;

import org.jspecify.annotations.NullMarked;
