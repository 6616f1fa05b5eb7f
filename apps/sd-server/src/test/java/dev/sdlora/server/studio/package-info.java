@NullMarked
package dev.sdlora.server.studio;

import org.jspecify.annotations.NullMarked;
