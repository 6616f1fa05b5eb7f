/**
 * What the tensors of an adapter's module mean: the change that they make to a layer.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What a kind of adapter does to a weight: {@code lora.factors}: a method of {@code
 *       factors.torchscript.py}, its call in {@code Formulas}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.factors;

import org.jspecify.annotations.NullMarked;
