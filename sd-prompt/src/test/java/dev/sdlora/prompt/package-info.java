/** The golden files that the tests of the packages below share. */
@NullMarked
package dev.sdlora.prompt;

import org.jspecify.annotations.NullMarked;
