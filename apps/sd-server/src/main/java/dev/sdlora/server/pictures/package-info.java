/** Pictures that come from clients: kept for their requests, read for settings, enlarged. */
@NullMarked
package dev.sdlora.server.pictures;

import org.jspecify.annotations.NullMarked;
