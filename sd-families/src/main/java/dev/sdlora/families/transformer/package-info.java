/**
 * Diffusion transformers and the language models that encode their prompts, as TorchScript
 * programs.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new transformer: an implementation of {@link
 *       dev.sdlora.families.transformer.DiffusionTransformer}, and its family in {@code family}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.transformer;

import org.jspecify.annotations.NullMarked;
