package dev.sdlora.demo;

import dev.sdlora.training.step.LearningRate;

/**
 * A learning rate that decays twice: after the first decay it rises once more (Loshchilov and
 * Hutter 2017, "SGDR").
 *
 * @param first the rate of the first steps
 * @param second the rate of the remaining steps, counted from 0 again
 */
public record WarmRestart(LearningRate first, LearningRate second) {
  /** Returns the total number of steps. */
  public int steps() {
    return first.steps() + second.steps();
  }

  /** Returns the rate of a step, counted from 0. */
  public double at(int step) {
    return step < first.steps() ? first.at(step) : second.at(step - first.steps());
  }
}
