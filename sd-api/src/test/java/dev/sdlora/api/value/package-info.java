/** Tests of the code that the library's modules share. */
@NullMarked
package dev.sdlora.api.value;

import org.jspecify.annotations.NullMarked;
