/** Tests of the benchmarks and their tools. */
@NullMarked
package dev.sdlora.benchmarks;

import org.jspecify.annotations.NullMarked;
