/**
 * The three networks: their configuration, the weights that they need, and the TorchScript programs
 * that run them. Weight names are those of diffusers.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which tokens are merged for self-attention: {@code token_merging.torchscript.py}; in which
 *       levels, {@code at_level} in {@code unet_parts.torchscript.py}.
 *   <li>A network's arithmetic: {@code sd-pipeline/src/main/resources/…/network/*.torchscript.py}.
 *   <li>Attention: {@code attention.torchscript.py} asks libtorch; {@code
 *       matrix_attention.torchscript.py} uses oneDNN's products; which of them, {@code
 *       network.UNet.functionsOver}.
 *   <li>What of a text the U-Net knows for all calls: {@code network.TextKeys}.
 *   <li>How weights are laid out for the processor: which, {@code network.UNetPacking}, {@code
 *       VaePacking}; how, {@code tensors.weights.Packing}, {@code Packer}; the operations that read
 *       them, {@code packed_products.torchscript.py} beside its plain twin {@code
 *       products.torchscript.py}.
 *   <li>What lies beyond the edges of an image: {@code conv3} and {@code bordered} in {@code
 *       layers.torchscript.py}.
 *   <li>The loss, or what gradients are taken of: {@code
 *       sd-training/src/main/resources/…/step/*.torchscript.py}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.network;

import org.jspecify.annotations.NullMarked;
