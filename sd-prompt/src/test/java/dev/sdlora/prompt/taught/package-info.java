/** Tests of the words that models were trained on. */
@NullMarked
package dev.sdlora.prompt.taught;

import org.jspecify.annotations.NullMarked;
