/** Tests of words that models were taught. */
@NullMarked
package dev.sdlora.prompt.taught;

import org.jspecify.annotations.NullMarked;
