/**
 * Interfaces between {@code api.prompt} and its implementations, found by {@link
 * java.util.ServiceLoader}. Exported to the library's own modules only; it may change at any time.
 */
@NullMarked
package dev.sdlora.api.prompt.spi;

import org.jspecify.annotations.NullMarked;
