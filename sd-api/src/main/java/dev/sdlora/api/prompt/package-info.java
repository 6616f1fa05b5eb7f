/** Prompts taken apart: syntax trees, token counts, explanations with warnings, completion. */
@NullMarked
package dev.sdlora.api.prompt;

import org.jspecify.annotations.NullMarked;
