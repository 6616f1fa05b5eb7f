/**
 * Interfaces between {@code api.image} and its implementations, found by {@link
 * java.util.ServiceLoader}. Exported to the library's own modules only; it may change at any time.
 */
@NullMarked
package dev.sdlora.api.image.spi;

import org.jspecify.annotations.NullMarked;
