/**
 * What diffusion transformers share, and the language models that encode their prompts. Each
 * transformer is in the package of its family.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new transformer: an implementation of {@link
 *       dev.sdlora.families.transformer.DiffusionTransformer} in the package of its family.
 *   <li>Functions that programs of several families call: {@code TransformerPrograms}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.transformer;

import org.jspecify.annotations.NullMarked;
