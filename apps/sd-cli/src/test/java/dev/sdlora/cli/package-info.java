@NullMarked
package dev.sdlora.cli;

import org.jspecify.annotations.NullMarked;
