/** The family FLUX.2 klein: its files, its network, its defaults, and what drawing asks of it. */
@NullMarked
package dev.sdlora.families.flux2;

import org.jspecify.annotations.NullMarked;
