/**
 * The trained tensors of every layer, and the file that they are written to.
 *
 * <ul>
 *   <li>The tensors of a kind, their shapes and first values: {@code FactorLayout}. Formulas are in
 *       {@code step/adapted_layers.torchscript.py}.
 *   <li>The size of a layer's change: {@code LayerRules}, and {@code AdapterSettings} of the
 *       training.
 * </ul>
 */
@NullMarked
package dev.sdlora.training.adapter;

import org.jspecify.annotations.NullMarked;
