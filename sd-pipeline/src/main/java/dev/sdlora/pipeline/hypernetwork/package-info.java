/**
 * Hypernetworks of A1111: their files, where they are found, what the U-Net is given of them.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Hypernetworks: their files, what they fit: {@code pipeline.hypernetwork}; the arithmetic,
 *       {@code hypernetworks.torchscript.py}; asked for by {@code LoraResolver}, beside the weights
 *       in {@code AppliedLoras}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.hypernetwork;

import org.jspecify.annotations.NullMarked;
