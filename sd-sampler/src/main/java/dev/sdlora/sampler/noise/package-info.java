/**
 * Random noise that a seed reproduces to the last digits: {@link
 * dev.sdlora.sampler.noise.Noise#of(dev.sdlora.api.Rng, long)} gives a generator that draws what
 * CUDA or PyTorch's CPU code would.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>The noise of an image: {@code sampler.noise.ImageNoise}: first draw, variation, seed
 *       resize, ENSD; {@code BrownianTree} for the SDE samplers, seeds of its nodes by {@code
 *       SeedSequence}.
 * </ul>
 */
@NullMarked
package dev.sdlora.sampler.noise;

import org.jspecify.annotations.NullMarked;
