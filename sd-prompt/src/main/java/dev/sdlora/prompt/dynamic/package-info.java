/**
 * Templates from which prompts are drawn: variants, wildcards, variables. What is drawn is text in
 * the prompt language, which {@code grammar} reads.
 */
@NullMarked
package dev.sdlora.prompt.dynamic;

import org.jspecify.annotations.NullMarked;
