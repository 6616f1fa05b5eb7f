package dev.sdlora.pipeline.request;

import dev.sdlora.sampler.noise.ImageSeeds;

/**
 * One image of a request as the passes draw it.
 *
 * @param index its number, from 0
 * @param seeds of its noise
 * @param stepsBefore steps that passes before this one made
 * @param stepsTotal steps of all passes
 */
public record ImageRun(int index, ImageSeeds seeds, int stepsBefore, int stepsTotal) {

  /** Returns this image in the last pass, which makes a number of steps. */
  public ImageRun lastPass(int steps) {
    return new ImageRun(index, seeds, stepsTotal - steps, stepsTotal);
  }
}
