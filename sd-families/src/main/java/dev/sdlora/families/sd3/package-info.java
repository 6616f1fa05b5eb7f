/**
 * The family Stable Diffusion 3 and 3.5: its files, its network, its defaults, and what drawing
 * asks of it.
 */
@NullMarked
package dev.sdlora.families.sd3;

import org.jspecify.annotations.NullMarked;
