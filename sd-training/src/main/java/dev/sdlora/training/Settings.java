package dev.sdlora.training;

import dev.sdlora.api.Pipeline;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import java.time.Clock;
import java.util.Optional;

/** All settings of a training run. */
record Settings(
    UNetFiles model,
    Optional<Pipeline> pipeline,
    TrainingSet set,
    AdapterSettings adapter,
    Recipe recipe,
    Outputs outputs,
    TrainingListener listener,
    Clock clock) {}
