/**
 * Templates from which prompts are drawn: variants, wildcards and variables. The drawn text is in
 * the prompt language, which {@code grammar} parses.
 */
@NullMarked
package dev.sdlora.prompt.dynamic;

import org.jspecify.annotations.NullMarked;
