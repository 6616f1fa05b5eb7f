/** A1111's API, {@code /sdapi/v1}, and that of its ControlNet extension. */
@NullMarked
package dev.sdlora.server.sdapi;

import org.jspecify.annotations.NullMarked;
