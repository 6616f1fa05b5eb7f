/**
 * The networks: their configurations, the weights that they need, and the TorchScript programs that
 * run them. Weight names are those of diffusers.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Token merging for self-attention: {@code token_merging.torchscript.py}; its levels: {@code
 *       at_level} in {@code unet_parts.torchscript.py}.
 *   <li>A network's arithmetic: {@code sd-families/src/main/resources/…/network/*.torchscript.py}.
 *   <li>Attention: {@code attention.torchscript.py} calls libtorch; {@code
 *       matrix_attention.torchscript.py} uses oneDNN's products; {@code network.UNet.functionsOver}
 *       chooses between them.
 *   <li>Cached keys and values of texts: {@code network.TextKeys}.
 *   <li>Packing of weights for the CPU: {@code network.UNetPacking} and {@code VaePacking} choose
 *       it, {@code tensors.weights.Packing} and {@code Packer} do it; the operations on packed
 *       weights are in {@code packed_products.torchscript.py}, those on plain weights in {@code
 *       products.torchscript.py}.
 *   <li>Products in 8-bit integers: {@code network.IntegerPacking} chooses the layers, {@code
 *       int8_products.torchscript.py} computes them.
 *   <li>Padding at the edges of an image: {@code conv3} and {@code bordered} in {@code
 *       layers.torchscript.py}.
 *   <li>The loss and its gradients: {@code sd-training/src/main/resources/…/step/*.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.network;

import org.jspecify.annotations.NullMarked;
