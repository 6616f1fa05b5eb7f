/**
 * Models of full size with random weights, for the benchmarks: their dimensions, tensors and files.
 */
@NullMarked
package dev.sdlora.benchmarks.model;

import org.jspecify.annotations.NullMarked;
