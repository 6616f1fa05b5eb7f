/**
 * The words that a model was taught, where it tells them, and what prompts have beside those. What
 * they mean is no matter here.
 */
@NullMarked
package dev.sdlora.prompt.taught;

import org.jspecify.annotations.NullMarked;
