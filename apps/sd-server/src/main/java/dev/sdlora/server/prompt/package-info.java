/**
 * The API of prompt editors: explains prompts, completes them, and inserts LoRAs.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What is coloured and marked in prompts: kinds in {@code server.prompt.Highlights}, places
 *       of problems in {@code prompt.tree.Finding}; the page: {@code studio/draw/prompt-box.js},
 *       {@code highlight.js}, {@code prompt.css}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.prompt;

import org.jspecify.annotations.NullMarked;
