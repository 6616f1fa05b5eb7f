@NullMarked
package dev.sdlora.prompt.grammar;

import org.jspecify.annotations.NullMarked;
