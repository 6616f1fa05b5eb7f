/**
 * A prompt as a {@link dev.sdlora.api.Prompt tree}, and the mistakes that a strict reader reports.
 * The passes that determine what a prompt means also build the tree.
 */
@NullMarked
package dev.sdlora.prompt.tree;

import org.jspecify.annotations.NullMarked;
