@NullMarked
package dev.sdlora.prompt.bytepairs;

import org.jspecify.annotations.NullMarked;
