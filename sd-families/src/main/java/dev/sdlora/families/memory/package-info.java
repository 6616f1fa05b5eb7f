/**
 * Estimates the memory of requests before they start, and compares it with the available memory:
 * requests that do not fit wait or are rejected.
 */
@NullMarked
package dev.sdlora.families.memory;

import org.jspecify.annotations.NullMarked;
