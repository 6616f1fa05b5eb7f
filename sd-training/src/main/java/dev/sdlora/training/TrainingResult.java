package dev.sdlora.training;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What came of a training.
 *
 * @param file the LoRA; of a cancelled training, the one of its last step, and nothing is written
 *     when there was none
 * @param steps how many steps are done
 * @param firstLoss mean loss of the first tenth of these steps
 * @param lastLoss mean loss of the last tenth; NaN, as the first, if there was no step
 * @param duration from the call to the end, without earlier runs that this one resumed
 * @param cancelled whether it was stopped before its last step
 */
public record TrainingResult(
    Path file,
    int steps,
    double firstLoss,
    double lastLoss,
    Duration duration,
    boolean cancelled) {}
