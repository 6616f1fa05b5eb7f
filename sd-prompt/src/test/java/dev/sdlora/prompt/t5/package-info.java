@NullMarked
package dev.sdlora.prompt.t5;

import org.jspecify.annotations.NullMarked;
