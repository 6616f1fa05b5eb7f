/**
 * The API of prompt editors: explains prompts, completes them, inserts LoRAs, and saves styles.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Highlights and marked problems in prompts: kinds in {@code server.prompt.Highlights},
 *       positions of problems in {@code prompt.tree.Finding}; on the page: {@code
 *       studio/draw/prompt-box.js}, {@code highlight.js}, {@code prompt.css}.
 *   <li>Saving prompts as styles: {@code StylesApi}; the file is changed by {@code api.Style}; on
 *       the page: {@code studio/draw/styles.js}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.prompt;

import org.jspecify.annotations.NullMarked;
