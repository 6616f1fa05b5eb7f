package dev.sdlora.training;

import java.time.Duration;

/**
 * Where a training stands after a step.
 *
 * @param step how many steps are done, from 1; a resumed training goes on counting
 * @param steps how many there will be
 * @param loss of this step, which varies much with the noise drawn for it
 * @param meanLoss mean of the last steps, up to 100
 * @param learningRate of the U-Net in this step
 * @param stepsPerSecond since the training began or was resumed
 * @param remaining estimated time until the last step
 */
public record TrainingProgress(
    int step,
    int steps,
    double loss,
    double meanLoss,
    double learningRate,
    double stepsPerSecond,
    Duration remaining) {}
