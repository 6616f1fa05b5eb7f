@NullMarked
package dev.sdlora.fuzz;

import org.jspecify.annotations.NullMarked;
