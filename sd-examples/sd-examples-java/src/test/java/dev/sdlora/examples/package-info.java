@NullMarked
package dev.sdlora.examples;

import org.jspecify.annotations.NullMarked;
