/** What a body asks for, as a spec of the library. */
@NullMarked
package dev.sdlora.server.request;

import org.jspecify.annotations.NullMarked;
