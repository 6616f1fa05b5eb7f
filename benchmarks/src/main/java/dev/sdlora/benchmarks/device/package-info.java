/** A check of a device: what it draws, how fast, and what it refuses. */
@NullMarked
package dev.sdlora.benchmarks.device;

import org.jspecify.annotations.NullMarked;
