/** The family FLUX.1: its files, its network, its defaults, and what drawing asks of it. */
@NullMarked
package dev.sdlora.families.flux1;

import org.jspecify.annotations.NullMarked;
