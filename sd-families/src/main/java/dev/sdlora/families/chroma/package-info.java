/**
 * The family Chroma: its files, what its network has instead of FLUX.1's modulation, its defaults,
 * and what drawing asks of it.
 */
@NullMarked
package dev.sdlora.families.chroma;

import org.jspecify.annotations.NullMarked;
