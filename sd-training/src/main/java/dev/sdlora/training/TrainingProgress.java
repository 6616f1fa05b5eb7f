package dev.sdlora.training;

import java.time.Duration;

/**
 * The progress of a training run after a step.
 *
 * @param step the number of completed steps, from 1, including those before a resume
 * @param steps the total number of steps
 * @param loss the loss of this step, which varies widely with its random noise
 * @param meanLoss the mean loss of up to 100 recent steps
 * @param learningRate the learning rate of the U-Net in this step
 * @param stepsPerSecond the average speed since the training started or was resumed
 * @param remaining the estimated time until the last step
 */
public record TrainingProgress(
    int step,
    int steps,
    double loss,
    double meanLoss,
    double learningRate,
    double stepsPerSecond,
    Duration remaining) {}
