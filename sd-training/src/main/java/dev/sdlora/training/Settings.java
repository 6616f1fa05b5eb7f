package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import java.time.Clock;
import java.util.Optional;

/** All settings of a training run. */
record Settings(
    TrainedFamily family,
    Optional<Pipeline> pipeline,
    TrainingSet set,
    AdapterSettings adapter,
    Recipe recipe,
    Outputs outputs,
    TrainingListener listener,
    Clock clock) {

  /** The checkpoint. */
  Checkpoint checkpoint() {
    return family.model().checkpoint();
  }
}
