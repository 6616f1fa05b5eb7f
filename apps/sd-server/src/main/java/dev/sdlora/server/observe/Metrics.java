package dev.sdlora.server.observe;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.value.Tally;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Phase;
import dev.sdlora.server.job.shared.SharedJobs;
import dev.sdlora.server.job.store.StoreObserver;
import dev.sdlora.server.key.QuotaException;
import dev.sdlora.server.models.ServerModels;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Metrics in Prometheus' text format; {@code docs/observability.md} lists them. */
public final class Metrics implements StoreObserver {
  /** Bounds of the histograms, in milliseconds. */
  private static final int[] BOUNDS = {
    10, 50, 100, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Counts a job that has begun, and the time it waited. */
  public void began(Job job) {
    if (!job.work().isElsewhere()) {
      histogram("sdlora.queue.wait", "time that jobs waited before they began")
          .tag("kind", job.kind())
          .register(registry)
          .record(job.waited());
    }
  }

  /** Counts the time of a phase. */
  public void passed(Phase.Passed phase) {
    phaseTimer(phase.phase()).record(Duration.ofNanos(phase.ended() - phase.began()));
  }

  private Timer phaseTimer(Phase phase) {
    return histogram("sdlora.phase", "time of the phases of jobs")
        .tag("phase", phase.label())
        .register(registry);
  }

  private static Timer.Builder histogram(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(
            IntStream.of(BOUNDS).mapToObj(Duration::ofMillis).toArray(Duration[]::new));
  }

  /** Counts a job that has ended. */
  public void ended(Job job, JobState end) {
    Timer.builder("sdlora.jobs")
        .description("jobs that have ended, and the time they ran")
        .tag("kind", job.kind())
        .tag("state", end.label())
        .register(registry)
        .record(Duration.ofNanos((long) (job.seconds() * 1e9)));
    images().increment(job.images().size());
    job.sender()
        .owner()
        .ifPresent(
            name -> {
              Counter.builder("sdlora.key.jobs")
                  .description("jobs of API keys that have ended")
                  .tags("key", name, "state", end.label())
                  .register(registry)
                  .increment();
              Counter.builder("sdlora.key.images")
                  .description("images drawn for API keys")
                  .tag("key", name)
                  .register(registry)
                  .increment(job.images().size());
            });
  }

  /** Counts a job that would have exceeded a limit of its API key. */
  public void refused(QuotaException quota) {
    Counter.builder("sdlora.key.refused")
        .description("jobs beyond a limit of their API key")
        .tags("key", quota.owner(), "limit", quota.limit().field())
        .register(registry)
        .increment();
  }

  /** Counts a response, including those that no route sent. */
  public void answered(Request request, Response response) {
    Counter.builder("sdlora.http.requests")
        .description("responses")
        .tag("status", Integer.toString(response.getStatus()))
        .register(registry)
        .increment();
  }

  @Override
  public void used(long nanos, boolean failed) {
    Timer.builder("sdlora.store")
        .description("transactions with the database of the jobs, and the time they took")
        .tag("outcome", failed ? "failed" : "done")
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  @Override
  public void claimed(int attempt) {
    claim(attempt == 1 ? "first" : "repeated");
  }

  @Override
  public void lost() {
    claim("lost");
  }

  private void claim(String result) {
    claims(result).increment();
  }

  private Counter claims(String result) {
    return Counter.builder("sdlora.claims")
        .description("jobs that this server took from the database, or lost to another")
        .tag("result", result)
        .register(registry);
  }

  private Counter images() {
    return Counter.builder("sdlora.images").description("images drawn").register(registry);
  }

  /** Adds the gauges of a server. */
  public void measure(JobQueue queue, Supplier<Number> liveTensors) {
    Gauge.builder("sdlora.jobs.unfinished", queue, jobs -> jobs.unfinished().size())
        .description("jobs that are waiting or running")
        .register(registry);
    Gauge.builder("sdlora.jobs.running", queue, jobs -> in(JobState.RUNNING, jobs).count())
        .description("jobs that are running")
        .register(registry);
    Gauge.builder("sdlora.jobs.waiting", queue, jobs -> in(JobState.WAITING, jobs).count())
        .description("jobs that are waiting")
        .register(registry);
    Gauge.builder("sdlora.queue.oldest", queue, Metrics::oldestSeconds)
        .description("time that the oldest waiting job has waited")
        .baseUnit("seconds")
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
    addTallies();
    images();
    Stream.of("first", "repeated", "lost").forEach(this::claims);
    Stream.of(Phase.values()).forEach(this::phaseTimer);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  /** Returns the route. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/metrics",
            context ->
                context
                    .contentType("text/plain; version=0.0.4; charset=utf-8")
                    .result(registry.scrape())));
  }

  private void addTallies() {
    tally("sdlora.texts", "texts of prompts", "cache", "hit", Tally.TEXTS_CACHED);
    tally("sdlora.texts", "texts of prompts", "cache", "miss", Tally.TEXTS_ENCODED);
    tally("sdlora.lora.files", "uses of LoRA files", "cache", "hit", Tally.LORA_FILES_CACHED);
    tally("sdlora.lora.files", "uses of LoRA files", "cache", "miss", Tally.LORA_FILES_READ);
    FunctionTimer.builder(
            "sdlora.lora.switches",
            Tally.WEIGHT_SWITCHES,
            Tally::number,
            switches -> Tally.WEIGHT_SWITCH_NANOS.number(),
            TimeUnit.NANOSECONDS)
        .description("changes of the patched LoRAs, and the time they took")
        .register(registry);
    Gauge.builder("sdlora.reserved.memory", Tally.RESERVED_BYTES, Tally::number)
        .description("memory that running requests have reserved")
        .baseUnit("bytes")
        .register(registry);
  }

  private void tally(String name, String description, String tag, String value, Tally tally) {
    FunctionCounter.builder(name, tally, Tally::number)
        .description(description)
        .tag(tag, value)
        .register(registry);
  }

  /** Adds the gauge of a server that shares its jobs. */
  public void add(SharedJobs jobs) {
    Gauge.builder("sdlora.workers", jobs, SharedJobs::aliveWorkers)
        .description("servers that draw the jobs of the database")
        .register(registry);
  }

  /** Adds the gauges of a server with several checkpoints. */
  public void add(ServerModels models) {
    FunctionCounter.builder("sdlora.checkpoint.loads", models, ServerModels::loads)
        .description("checkpoints read into memory after the start")
        .register(registry);
    Gauge.builder("sdlora.checkpoints.loaded", models, all -> all.loaded().size())
        .description("checkpoints in memory")
        .register(registry);
  }

  private static double oldestSeconds(JobQueue queue) {
    return in(JobState.WAITING, queue)
        .map(Job::created)
        .min(Instant::compareTo)
        .map(created -> Math.max(0, Duration.between(created, Instant.now()).toMillis() / 1e3))
        .orElse(0.0);
  }

  private static Stream<Job> in(JobState state, JobQueue queue) {
    return queue.unfinished().stream().filter(job -> job.snapshot().state() == state);
  }

  /** Ends the metrics. */
  public void close() {
    registry.close();
  }
}
