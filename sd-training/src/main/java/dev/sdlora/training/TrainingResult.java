package dev.sdlora.training;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * The result of a training run.
 *
 * @param file the LoRA; for a cancelled training run the one of its last step, which is not written
 *     if no step was completed
 * @param steps the number of completed steps
 * @param firstLoss the mean loss of the first tenth of these steps
 * @param lastLoss the mean loss of the last tenth; like the first, NaN if there was no step
 * @param duration the duration of this run, without earlier runs that it resumed
 * @param cancelled whether it was cancelled before its last step; false if {@linkplain
 *     LoraTrainerBuilder#validation validation} ended it
 * @param loraStep the step whose LoRA is in the file: the last one, or the one with the lowest
 *     validation loss
 * @param validationLoss the loss on held-out images at that step; empty if it was not measured then
 */
public record TrainingResult(
    Path file,
    int steps,
    double firstLoss,
    double lastLoss,
    Duration duration,
    boolean cancelled,
    int loraStep,
    OptionalDouble validationLoss) {}
