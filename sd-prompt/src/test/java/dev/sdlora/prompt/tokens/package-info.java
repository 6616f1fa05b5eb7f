@NullMarked
package dev.sdlora.prompt.tokens;

import org.jspecify.annotations.NullMarked;
