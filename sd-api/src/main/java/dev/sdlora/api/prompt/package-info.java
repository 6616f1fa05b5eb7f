/**
 * Prompts taken apart: syntax trees, token counts, explanations with warnings, completion.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The tree of a prompt: nodes in {@code api.PromptNode}; {@code prompt.tree.PromptParser}
 *       makes it of what the passes find; what is refused in {@code Mistakes} and {@code
 *       TagMistakes}, what only looks like a tag in {@code NearMissTags}, what is warned of in
 *       {@code Pitfalls}; {@code ReadPrompt} joins them, {@code pipeline.PromptWarnings} says them.
 *   <li>How prompts are completed: {@code api.PromptCompleter}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.prompt;

import org.jspecify.annotations.NullMarked;
