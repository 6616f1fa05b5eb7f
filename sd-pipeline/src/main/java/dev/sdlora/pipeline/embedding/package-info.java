/**
 * Textual inversion embeddings: their files, and which of them a prompt names.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What an embedding's file looks like: {@code pipeline.embedding.Layout}; images in {@code
 *       HiddenText}, {@code JsonRows}.
 *   <li>Which embeddings a prompt names, and what becomes of one that does not fit: {@code
 *       pipeline.embedding.PromptEmbeddings}; how names are found among tokens, {@code
 *       prompt.tokens.SpelledNames}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.embedding;

import org.jspecify.annotations.NullMarked;
