@NullMarked
package dev.sdlora.server.prompt;

import org.jspecify.annotations.NullMarked;
