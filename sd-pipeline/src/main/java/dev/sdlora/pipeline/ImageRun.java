package dev.sdlora.pipeline;

import dev.sdlora.sampler.noise.ImageSeeds;

/**
 * One image of a request, on its way through the passes.
 *
 * @param index its number, from 0
 * @param seeds of its noise
 * @param stepsBefore steps that passes before this one made
 * @param stepsTotal steps of all passes
 */
record ImageRun(int index, ImageSeeds seeds, int stepsBefore, int stepsTotal) {

  /** The same image in the pass after one of so many steps. */
  ImageRun after(int steps) {
    return new ImageRun(index, seeds, stepsBefore + steps, stepsTotal);
  }
}
