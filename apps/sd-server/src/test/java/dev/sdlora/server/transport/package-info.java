@NullMarked
package dev.sdlora.server.transport;

import org.jspecify.annotations.NullMarked;
