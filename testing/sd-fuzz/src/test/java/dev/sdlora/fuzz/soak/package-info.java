@NullMarked
package dev.sdlora.fuzz.soak;

import org.jspecify.annotations.NullMarked;
