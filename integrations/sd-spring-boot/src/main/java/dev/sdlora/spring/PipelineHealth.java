package dev.sdlora.spring;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import java.util.Locale;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports whether the model is loaded, without loading it. A model that is not loaded yet counts as
 * up.
 */
final class PipelineHealth extends AbstractHealthIndicator {
  private final LazyPipeline pipeline;

  PipelineHealth(LazyPipeline pipeline) {
    super("cannot determine the state of the pipeline");
    this.pipeline = pipeline;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    LazyPipeline.State state = pipeline.state();
    switch (state) {
      case NOT_LOADED, LOADING, READY -> builder.up();
      case FAILED -> builder.down();
      case CLOSED -> builder.outOfService();
    }
    builder.withDetail("state", state.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    Throwable failure = pipeline.failure();
    if (state == LazyPipeline.State.FAILED && failure != null) {
      builder.withDetail("error", String.valueOf(failure.getMessage()));
    }
    Pipeline ready = pipeline.builtOrNull();
    if (ready != null) {
      Checkpoint checkpoint = ready.checkpoint();
      builder
          .withDetail("checkpoint", checkpoint.name())
          .withDetail("family", checkpoint.family().label())
          .withDetail("precision", ready.precision().name().toLowerCase(Locale.ROOT))
          .withDetail("weights", ready.storage())
          .withDetail("unfinished", pipeline.counts().unfinished());
    }
  }
}
