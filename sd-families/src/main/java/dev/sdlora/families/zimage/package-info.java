/** The family Z-Image: its files, its network, its defaults, and what drawing asks of it. */
@NullMarked
package dev.sdlora.families.zimage;

import org.jspecify.annotations.NullMarked;
