@NullMarked
package dev.sdlora.training.scratch;

import org.jspecify.annotations.NullMarked;
