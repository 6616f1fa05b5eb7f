/** Tests of the benchmarks and of the tools beside them. */
@NullMarked
package dev.sdlora.benchmarks;

import org.jspecify.annotations.NullMarked;
