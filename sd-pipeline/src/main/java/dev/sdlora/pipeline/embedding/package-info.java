/**
 * Textual inversion embeddings: their files, and the lookup of names in prompts.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Format of embedding files: {@code pipeline.embedding.Layout}; in images, {@code HiddenText}
 *       and {@code JsonRows}.
 *   <li>Embeddings that a prompt names, and handling of those that do not fit: {@code
 *       pipeline.embedding.PromptEmbeddings}; matching of names and tokens, {@code
 *       prompt.tokens.SpelledNames}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.embedding;

import org.jspecify.annotations.NullMarked;
