/** Tests of figures and their tables. */
@NullMarked
package dev.sdlora.benchmarks.figure;

import org.jspecify.annotations.NullMarked;
