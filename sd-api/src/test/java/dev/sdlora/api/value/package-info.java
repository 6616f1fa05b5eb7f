/** Tests of what sister modules share. */
@NullMarked
package dev.sdlora.api.value;

import org.jspecify.annotations.NullMarked;
