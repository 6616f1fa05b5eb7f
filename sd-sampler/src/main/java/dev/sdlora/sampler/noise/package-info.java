/**
 * Random noise that a seed reproduces to the last digits: {@link
 * dev.sdlora.sampler.noise.Noise#of(dev.sdlora.api.Rng, long)} gives a generator that draws what
 * CUDA or PyTorch's CPU code would.
 */
@NullMarked
package dev.sdlora.sampler.noise;

import org.jspecify.annotations.NullMarked;
