package dev.sdlora.pipeline.request;

import dev.sdlora.sampler.noise.ImageSeeds;

/**
 * One image of a request, as the passes draw it.
 *
 * @param index the index of the image, from 0
 * @param seeds the seeds of its noise
 * @param stepsBefore the number of steps in earlier passes
 * @param stepsTotal the number of steps in all passes
 */
public record ImageRun(int index, ImageSeeds seeds, int stepsBefore, int stepsTotal) {

  /** Returns this image in the last pass, which has the given number of steps. */
  public ImageRun lastPass(int steps) {
    return new ImageRun(index, seeds, stepsTotal - steps, stepsTotal);
  }
}
