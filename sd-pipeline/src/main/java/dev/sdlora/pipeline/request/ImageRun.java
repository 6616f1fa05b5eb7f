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

  /** Returns this image after all its passes. */
  public ImageRun finished() {
    return new ImageRun(index, seeds, stepsTotal, stepsTotal);
  }

  /** Returns this image with further steps. */
  public ImageRun with(int steps) {
    return new ImageRun(index, seeds, stepsBefore, stepsTotal + steps);
  }

  /** Returns this image after some steps. */
  public ImageRun after(int steps) {
    return new ImageRun(index, seeds, stepsBefore + steps, stepsTotal);
  }

  /** Returns a detail of this image: its seeds count up from those of the image. */
  public ImageRun detail(int number) {
    ImageSeeds own =
        new ImageSeeds(
            seeds.seed() + number,
            seeds.variationSeed() + number,
            seeds.variationStrength(),
            seeds.ensd());
    return new ImageRun(index, own, stepsBefore, stepsTotal);
  }

  /** Returns this image in the last pass, which has the given number of steps. */
  public ImageRun lastPass(int steps) {
    return new ImageRun(index, seeds, stepsTotal - steps, stepsTotal);
  }
}
