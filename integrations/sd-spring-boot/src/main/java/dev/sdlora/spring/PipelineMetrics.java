package dev.sdlora.spring;

import dev.sdlora.api.Pipeline;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** The metrics of the pipeline; request times are reported by Spring AI's observations. */
final class PipelineMetrics implements MeterBinder {
  private final LazyPipeline pipeline;

  PipelineMetrics(LazyPipeline pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    RequestCounts counts = pipeline.counts();
    Gauge.builder("sdlora.requests.unfinished", counts, RequestCounts::unfinished)
        .description("running and queued requests")
        .register(registry);
    for (RequestCounts.Outcome outcome : RequestCounts.Outcome.values()) {
      FunctionCounter.builder("sdlora.requests", counts, all -> all.ended(outcome))
          .description("finished requests")
          .tag("outcome", outcome.label())
          .register(registry);
    }
    FunctionCounter.builder("sdlora.images", counts, RequestCounts::images)
        .description("generated images")
        .register(registry);
    Gauge.builder("sdlora.live.tensors", pipeline, LazyPipeline::liveTensors)
        .description("tensors outside the Java heap")
        .register(registry);
    if (Pipeline.nativeBytes().isPresent()) {
      Gauge.builder("sdlora.native.memory", () -> Pipeline.nativeBytes().orElse(0))
          .description("memory held by native code of this process")
          .baseUnit("bytes")
          .register(registry);
    }
    Gauge.builder("sdlora.ready", pipeline, all -> all.state() == LazyPipeline.State.READY ? 1 : 0)
        .description("1 if the model is loaded")
        .register(registry);
  }
}
