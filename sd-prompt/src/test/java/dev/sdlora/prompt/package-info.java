/** The golden files shared by the tests of the packages below. */
@NullMarked
package dev.sdlora.prompt;

import org.jspecify.annotations.NullMarked;
