/**
 * Analysis of prompts: syntax trees, token counts, explanations with warnings, completion.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The tree of a prompt: {@code api.PromptNode} has the nodes, and {@code
 *       prompt.tree.PromptParser} builds them. {@code Mistakes} and {@code TagMistakes} find
 *       errors, {@code NearMissTags} finds text that only looks like a tag, and {@code Pitfalls}
 *       finds likely misunderstandings; {@code ReadPrompt} joins them, and {@code
 *       pipeline.PromptWarnings} reports them.
 *   <li>The completion of prompts: {@code api.PromptCompleter}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.prompt;

import org.jspecify.annotations.NullMarked;
