package dev.sdlora.server;

import dev.sdlora.api.Pipeline;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import io.javalin.config.RoutesConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Metrics in Prometheus' text format, and two health checks. */
final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Counts a job that has ended. */
  void ended(Job job) {
    String state = job.snapshot().state().label();
    Timer.builder("sdlora.jobs")
        .description("jobs that have ended, and the time they ran")
        .tag("kind", job.kind())
        .tag("state", state)
        .register(registry)
        .record(Duration.ofNanos((long) (job.seconds() * 1e9)));
    registry.counter("sdlora.images").increment(job.images().size());
  }

  /** Counts a response, including those that no route sent. */
  void answered(Request request, Response response) {
    registry
        .counter("sdlora.http.requests", "status", Integer.toString(response.getStatus()))
        .increment();
  }

  void addTo(RoutesConfig routes, JobQueue queue, Supplier<Number> liveTensors) {
    Gauge.builder("sdlora.jobs.unfinished", queue, jobs -> jobs.unfinished().size())
        .description("jobs that are waiting or running")
        .register(registry);
    Gauge.builder("sdlora.jobs.running", queue, Metrics::running)
        .description("jobs that are running")
        .register(registry);
    Gauge.builder("sdlora.live.tensors", liveTensors)
        .description("tensors outside Java's heap")
        .register(registry);
    if (Pipeline.nativeBytes().isPresent()) {
      Gauge.builder("sdlora.native.memory", () -> Pipeline.nativeBytes().orElse(0))
          .description("memory allocated by native code in this process")
          .baseUnit("bytes")
          .register(registry);
    }
    registry.counter("sdlora.images");
    routes.get(
        "/metrics",
        context ->
            context
                .contentType("text/plain; version=0.0.4; charset=utf-8")
                .result(registry.scrape()));
  }

  private static long running(JobQueue queue) {
    return queue.unfinished().stream()
        .filter(job -> job.snapshot().state() == JobState.RUNNING)
        .count();
  }

  void close() {
    registry.close();
  }
}
