/**
 * Random noise that a seed reproduces to the last digit: {@link
 * dev.sdlora.sampler.noise.Noise#of(dev.sdlora.api.Rng, long)} returns a generator that draws the
 * same numbers as CUDA or PyTorch's CPU code.
 *
 * <p>Where to make changes:
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
