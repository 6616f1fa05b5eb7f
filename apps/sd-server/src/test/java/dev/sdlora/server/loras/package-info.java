@NullMarked
package dev.sdlora.server.loras;

import org.jspecify.annotations.NullMarked;
