package dev.sdlora.spring;

import dev.sdlora.api.Pipeline;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** What monitoring is told of the pipeline; the times of requests are Spring AI's observation. */
final class PipelineMetrics implements MeterBinder {
  private final LazyPipeline pipeline;

  PipelineMetrics(LazyPipeline pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    RequestCounts counts = pipeline.counts();
    Gauge.builder("sdlora.requests.unfinished", counts, RequestCounts::unfinished)
        .description("requests that wait or draw")
        .register(registry);
    for (RequestCounts.Outcome outcome : RequestCounts.Outcome.values()) {
      FunctionCounter.builder("sdlora.requests", counts, all -> all.ended(outcome))
          .description("requests that have ended")
          .tag("outcome", outcome.label())
          .register(registry);
    }
    FunctionCounter.builder("sdlora.images", counts, RequestCounts::images)
        .description("pictures that were drawn")
        .register(registry);
    Gauge.builder("sdlora.live.tensors", pipeline, LazyPipeline::liveTensors)
        .description("tensors outside Java's heap")
        .register(registry);
    if (Pipeline.nativeBytes().isPresent()) {
      Gauge.builder("sdlora.native.memory", () -> Pipeline.nativeBytes().orElse(0))
          .description("memory that native code of this process holds")
          .baseUnit("bytes")
          .register(registry);
    }
    Gauge.builder("sdlora.ready", pipeline, all -> all.state() == LazyPipeline.State.READY ? 1 : 0)
        .description("1 if the model is loaded")
        .register(registry);
  }
}
