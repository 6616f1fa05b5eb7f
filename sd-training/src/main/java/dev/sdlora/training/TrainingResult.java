package dev.sdlora.training;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The result of a training run.
 *
 * @param file the LoRA; for a cancelled training run the one of its last step, which is not written
 *     if no step was completed
 * @param steps the number of completed steps
 * @param firstLoss the mean loss of the first tenth of these steps
 * @param lastLoss the mean loss of the last tenth; like the first, NaN if there was no step
 * @param duration the duration of this run, without earlier runs that it resumed
 * @param cancelled whether it was stopped before its last step
 */
public record TrainingResult(
    Path file,
    int steps,
    double firstLoss,
    double lastLoss,
    Duration duration,
    boolean cancelled) {}
