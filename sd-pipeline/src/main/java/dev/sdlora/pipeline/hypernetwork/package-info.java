/**
 * A1111's hypernetworks: their files, the folders they are in, and their tensors for the U-Net.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Hypernetwork files and checks: {@code pipeline.hypernetwork}; the arithmetic, {@code
 *       hypernetworks.torchscript.py}; requested by {@code LoraResolver}, held next to the weights
 *       in {@code AppliedLoras}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.hypernetwork;

import org.jspecify.annotations.NullMarked;
