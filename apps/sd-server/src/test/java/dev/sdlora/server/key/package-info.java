@NullMarked
package dev.sdlora.server.key;

import org.jspecify.annotations.NullMarked;
