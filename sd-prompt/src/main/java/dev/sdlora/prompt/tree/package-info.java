/**
 * A prompt as a {@link dev.sdlora.api.Prompt tree}, and what a strict reader says of it. The tree
 * is made by the same passes that decide what a prompt means.
 */
@NullMarked
package dev.sdlora.prompt.tree;

import org.jspecify.annotations.NullMarked;
