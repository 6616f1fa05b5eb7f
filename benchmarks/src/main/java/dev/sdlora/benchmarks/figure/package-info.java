/** Figures that were measured, the tables of them, and what of two tables differs. */
@NullMarked
package dev.sdlora.benchmarks.figure;

import org.jspecify.annotations.NullMarked;
