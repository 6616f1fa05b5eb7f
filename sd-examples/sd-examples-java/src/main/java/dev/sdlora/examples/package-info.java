/**
 * One short program for each task, using the public API and the bundled model. Each takes the
 * output folder as its only argument; the default is the working directory.
 */
@NullMarked
package dev.sdlora.examples;

import org.jspecify.annotations.NullMarked;
