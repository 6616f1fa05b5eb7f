/**
 * Computes the change that the tensors of an adapter's module make to a layer.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The formula of a kind of adapter: {@code lora.factors}: a method of {@code
 *       factors.torchscript.py}, its call in {@code Formulas}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.factors;

import org.jspecify.annotations.NullMarked;
