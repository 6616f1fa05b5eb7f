/** The family Chroma: its files, its defaults, and what drawing asks of it. */
@NullMarked
package dev.sdlora.families.chroma;

import org.jspecify.annotations.NullMarked;
