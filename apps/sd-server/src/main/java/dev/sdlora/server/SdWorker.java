package dev.sdlora.server;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.models.FrontFiles;
import dev.sdlora.server.cluster.FetchedModels;
import dev.sdlora.server.cluster.WorkerFiles;
import dev.sdlora.server.grids.GridsApi;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.shared.SharedJobs;
import dev.sdlora.server.observe.JobSpans;
import dev.sdlora.server.observe.JobWatch;
import dev.sdlora.server.observe.Metrics;
import dev.sdlora.server.results.Results;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Draws the jobs that fronts ({@link SdServerBuilder#front}) accept. A worker has no checkpoint of
 * its own: each job names its files by their SHA-256, and the worker takes them from its folders,
 * its cache or the front. It holds the checkpoint of the last job and prefers jobs of the same, but
 * no job waits longer than 20 seconds for that. Over HTTP it answers only {@code /health}, {@code
 * /ready} and {@code /metrics}. Safe for use by several threads.
 */
public final class SdWorker implements AutoCloseable {
  private static final int HISTORY = 10;
  private static final Duration AGE = Duration.ofDays(36_500);

  private final Javalin javalin;
  private final Metrics metrics = new Metrics();
  private final JobQueue queue;
  private final FetchedModels models;
  private final SharedJobs jobs;
  private final Optional<Results> results;
  private final String host;
  private volatile boolean stopping;

  private SdWorker(
      Builder settings, FetchedModels models, ErrorMessages messages, Optional<Results> results) {
    this.results = results;
    this.host = settings.host;
    this.models = models;
    this.queue =
        new JobQueue(
            settings.concurrency,
            Integer.MAX_VALUE,
            HISTORY,
            new JobWatch(metrics, new JobSpans(settings.telemetry()), messages, results));
    this.jobs =
        new SharedJobs(
            settings.jobs,
            queue,
            models,
            messages,
            AGE,
            0,
            Map.of(GridsApi.KIND, GridsApi::read),
            metrics,
            results,
            settings.clock);
    metrics.measure(queue, models::liveTensors);
    this.javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.startupWatcherEnabled = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.http.compressionStrategy = CompressionStrategy.NONE;
              config.routes.get("/health", context -> context.result("ok"));
              config.routes.get("/ready", this::ready);
              metrics.routes().forEach(route -> route.addTo(config.routes));
            });
  }

  private void ready(Context context) {
    Optional<String> reason =
        stopping
            ? Optional.of("stopping")
            : jobs.isReachable() ? jobs.reason() : Optional.of("the database cannot be reached");
    context.status(reason.isEmpty() ? 200 : 503).result(reason.orElse("ready"));
  }

  /**
   * {@return a builder of a worker}
   *
   * @param jobs the database of the jobs, an address such as {@code
   *     jdbc:postgresql://host/name?user=sd}
   */
  public static Builder builder(String jobs) {
    return new Builder(Objects.requireNonNull(jobs, "jobs"));
  }

  /** {@return the address of the worker's health checks and metrics} */
  public URI uri() {
    boolean all = host.equals("0.0.0.0") || host.equals("::");
    return URI.create("http://" + (all ? "localhost" : host) + ":" + javalin.port());
  }

  /**
   * Takes no more jobs, waits for those that it draws, gives the rest back to other workers, and
   * stops.
   *
   * @param patience the time to wait
   */
  public void close(Duration patience) {
    stopping = true;
    jobs.stopClaiming();
    queue.close(patience);
    jobs.close();
    results.ifPresent(Results::close);
    models.close();
    javalin.stop();
    metrics.close();
  }

  /** Gives all jobs back to other workers and stops; see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /** Collects the settings of a worker. Not safe for use by several threads. */
  public static final class Builder {
    private final String jobs;
    private final List<Path> folders = new ArrayList<>();
    private Optional<FrontFiles> front = Optional.empty();
    private Optional<Path> cache = Optional.empty();
    private Optional<String> results = Optional.empty();
    private Consumer<Pipeline.Builder> pipelines = pipeline -> {};
    private String host = "127.0.0.1";
    private int port = 7860;
    private int concurrency = 1;
    private LongSupplier clock = System::nanoTime;
    private Optional<OpenTelemetry> telemetry = Optional.empty();

    private Builder(String jobs) {
      this.jobs = jobs;
    }

    /**
     * Sets the front from which missing files are downloaded.
     *
     * @param address the address of a front or of a proxy before several, such as {@code
     *     http://front:7860}
     * @param token a bearer token that it accepts
     * @return this builder
     * @throws IllegalArgumentException if it is not an address of HTTP or HTTPS
     */
    public Builder front(URI address, Optional<String> token) {
      this.front = Optional.of(new FrontFiles(address, token));
      return this;
    }

    /**
     * Adds a folder of this machine with files that jobs may need, whatever their names are.
     *
     * @param folder a folder, searched with its subfolders
     * @return this builder
     */
    public Builder folder(Path folder) {
      folders.add(Objects.requireNonNull(folder, "folder"));
      return this;
    }

    /**
     * Sets the folder for downloaded files.
     *
     * @param folder a folder, created if it does not exist. Default: {@code files} in the user's
     *     cache
     * @return this builder
     */
    public Builder cache(Path folder) {
      this.cache = Optional.of(folder);
      return this;
    }

    /**
     * Sets the place to which images are written; the fronts must have the same.
     *
     * @param place a folder, created if it does not exist, or {@code s3://bucket/prefix}, which
     *     needs the module sd-s3. Default: the database
     * @return this builder
     * @throws IllegalArgumentException if it is an address of another kind, or a folder that cannot
     *     be created or written to
     */
    public Builder results(String place) {
      this.results = Optional.of(Results.require(place));
      return this;
    }

    /**
     * Sets how pipelines are built: the device, the precision and so on.
     *
     * @param settings called for each pipeline. Default: the builder's defaults
     * @return this builder
     */
    public Builder pipelines(Consumer<Pipeline.Builder> settings) {
      this.pipelines = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * Sets the port of health checks and metrics.
     *
     * @param number a port; 0 for any free one. Default 7860
     * @return this builder
     * @throws IllegalArgumentException if the port is out of range
     */
    public Builder port(int number) {
      if (number < 0 || number > 65_535) {
        throw new SettingException("port", "be from 0 to 65535", number);
      }
      this.port = number;
      return this;
    }

    /**
     * Sets the address to listen on.
     *
     * @param address a host name or IP address of this machine. Default 127.0.0.1
     * @return this builder
     */
    public Builder listen(String address) {
      this.host = Objects.requireNonNull(address, "address");
      return this;
    }

    /**
     * Sets how many jobs are drawn at once.
     *
     * @param number at least 1. Default 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder concurrency(int number) {
      if (number < 1) {
        throw new SettingException("concurrency", "be at least 1", number);
      }
      this.concurrency = number;
      return this;
    }

    /**
     * Sets where traces go.
     *
     * @param instance the application's instance, which it closes after the worker. Default: {@link
     *     GlobalOpenTelemetry}, if the application or an agent has set one; otherwise there are no
     *     traces
     * @return this builder
     */
    public Builder openTelemetry(OpenTelemetry instance) {
      this.telemetry = Optional.of(instance);
      return this;
    }

    /** Sets the clock of waits and probes after faults, in nanoseconds. */
    Builder clock(LongSupplier nanos) {
      this.clock = nanos;
      return this;
    }

    private OpenTelemetry telemetry() {
      return telemetry.orElseGet(GlobalOpenTelemetry::getOrNoop);
    }

    /**
     * Starts a worker with these settings.
     *
     * @return the running worker
     * @throws IllegalArgumentException if the address or the port cannot be used
     * @throws IllegalStateException if the database of the jobs or the place of the results cannot
     *     be used
     */
    public SdWorker start() {
      SdWorker worker = open();
      try {
        worker.javalin.start(host, port);
        worker.jobs.start();
        return worker;
      } catch (JavalinBindException e) {
        worker.close();
        throw new IllegalArgumentException(
            "cannot listen on port %s of %s: %s".formatted(port, host, e.getMessage()), e);
      }
    }

    private SdWorker open() {
      Optional<Results> opened = results.map(place -> Results.open(place, Optional.empty()));
      try {
        return open(opened);
      } catch (RuntimeException e) {
        opened.ifPresent(Results::close);
        throw e;
      }
    }

    private SdWorker open(Optional<Results> opened) {
      FetchedModels models = WorkerFiles.models(folders, cache, front, concurrency, pipelines);
      try {
        return new SdWorker(this, models, new ErrorMessages(models.folders()), opened);
      } catch (RuntimeException e) {
        models.close();
        throw e;
      }
    }
  }
}
