/**
 * A loaded model: the networks, libraries and limits that all requests of a pipeline share.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Which networks stay in memory: {@code OnDemand}, {@code ModelMemory.withVae}.
 *   <li>The dtype that a device computes in: {@code PrecisionChoice}, {@code
 *       tensors.natives.Processor}; what stays in float32, the TorchScript programs.
 *   <li>The VAE in strips: {@code strip_conv} in {@code vae_parts.torchscript.py}; when, {@code
 *       ModelMemory.strips}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.model;

import org.jspecify.annotations.NullMarked;
