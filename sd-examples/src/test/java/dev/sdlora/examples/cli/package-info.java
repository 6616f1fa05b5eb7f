@NullMarked
package dev.sdlora.examples.cli;

import org.jspecify.annotations.NullMarked;
