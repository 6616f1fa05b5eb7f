package dev.sdlora.batch;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Draws requests, with one checkpoint in memory at a time. */
final class Drawer implements AutoCloseable {
  private final Checkpoints checkpoints;
  private final Function<Checkpoint, Pipeline> loading;
  private final Function<Pipeline, RequestReader> reading;
  private final Switches switches = new Switches();

  /** Why checkpoints could not be opened, which is not tried again for each request. */
  private final Map<Optional<String>, RuntimeException> unusable = new HashMap<>();

  private Optional<String> open = Optional.empty();
  private @Nullable Pipeline pipeline;

  Drawer(
      Checkpoints checkpoints,
      Function<Checkpoint, Pipeline> loading,
      Function<Pipeline, RequestReader> reading) {
    this.checkpoints = checkpoints;
    this.loading = loading;
    this.reading = reading;
  }

  /** Makes the one picture of a request. */
  GenerationResult draw(BatchRequest request, GenerationListener listener) {
    Pipeline ready = pipeline(request.checkpoint());
    PromptSpec spec = reading.apply(ready).read(Json.read(request.settings()));
    switches.count(request);
    return ready.generate(spec, listener);
  }

  private Pipeline pipeline(Optional<String> checkpoint) {
    if (pipeline != null && open.equals(checkpoint)) {
      return pipeline;
    }
    RuntimeException known = unusable.get(checkpoint);
    if (known != null) {
      throw known;
    }
    close();
    try {
      Pipeline loaded = loading.apply(checkpoints.open(checkpoint));
      pipeline = loaded;
      open = checkpoint;
      return loaded;
    } catch (RuntimeException e) {
      unusable.put(checkpoint, e);
      throw e;
    }
  }

  Switches switches() {
    return switches;
  }

  @Override
  public void close() {
    Pipeline former = pipeline;
    pipeline = null;
    if (former != null) {
      former.close();
    }
  }
}
