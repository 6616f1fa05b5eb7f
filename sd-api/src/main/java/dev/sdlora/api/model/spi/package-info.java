/**
 * Interfaces between {@code api.model} and its implementations, found by {@link
 * java.util.ServiceLoader}. Exported to the library's own modules only; it may change at any time.
 */
@NullMarked
package dev.sdlora.api.model.spi;

import org.jspecify.annotations.NullMarked;
