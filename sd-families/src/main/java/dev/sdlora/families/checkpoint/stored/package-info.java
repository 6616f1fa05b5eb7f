/**
 * The stored tensors of a network, from one file or from several, and the names of the original
 * code for them. Headers are read once.
 *
 * <p>Quantised formats that are rejected by name: {@code Quantisation}.
 */
@NullMarked
package dev.sdlora.families.checkpoint.stored;

import org.jspecify.annotations.NullMarked;
