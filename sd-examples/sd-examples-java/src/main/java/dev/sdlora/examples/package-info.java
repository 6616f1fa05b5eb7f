/**
 * One short program for each task, on the public API and the model that ships with them. Each takes
 * the folder for its images as its only argument; without it they go to the working directory.
 */
@NullMarked
package dev.sdlora.examples;

import org.jspecify.annotations.NullMarked;
