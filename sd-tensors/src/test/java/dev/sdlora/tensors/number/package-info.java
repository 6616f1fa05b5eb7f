/** Tests of number formats. */
@NullMarked
package dev.sdlora.tensors.number;

import org.jspecify.annotations.NullMarked;
