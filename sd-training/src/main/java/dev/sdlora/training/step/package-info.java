/**
 * A training step: losses and gradients from the networks of generation, and optimisers.
 *
 * <ul>
 *   <li>Gradients of U-Nets and text encoders: {@code DenoisingProgram}; block by block, kept or
 *       computed again: {@code segments.torchscript.py}; attention in bfloat16: {@code
 *       product_attention.torchscript.py}.
 *   <li>Gradients of transformers: {@code FlowProgram}; the blocks of each family are in {@code
 *       flow_flux1}, {@code flow_flux2} and {@code flow_z_image}.
 *   <li>Layers with a trained change: {@code adapted_layers.torchscript.py}.
 *   <li>An optimiser: a class that implements {@code Optimiser}, and its program.
 * </ul>
 */
@NullMarked
package dev.sdlora.training.step;

import org.jspecify.annotations.NullMarked;
