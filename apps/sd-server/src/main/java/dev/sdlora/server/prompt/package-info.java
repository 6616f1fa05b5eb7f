/**
 * The API of prompt editors: explains prompts, completes them, and inserts LoRAs.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Highlights and marked problems in prompts: kinds in {@code server.prompt.Highlights},
 *       positions of problems in {@code prompt.tree.Finding}; on the page: {@code
 *       studio/draw/prompt-box.js}, {@code highlight.js}, {@code prompt.css}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.prompt;

import org.jspecify.annotations.NullMarked;
