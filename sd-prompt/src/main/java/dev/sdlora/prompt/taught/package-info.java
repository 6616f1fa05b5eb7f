/**
 * The words that a model was trained on, if it lists them, and the other words in prompts. Meanings
 * are ignored.
 */
@NullMarked
package dev.sdlora.prompt.taught;

import org.jspecify.annotations.NullMarked;
