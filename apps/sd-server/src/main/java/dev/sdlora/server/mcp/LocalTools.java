package dev.sdlora.server.mcp;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.shared.DrawingJobs;
import dev.sdlora.server.reference.JobImages;
import io.modelcontextprotocol.server.McpServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/** The tools for one client on this machine, which loads its model when the first tool needs it. */
public final class LocalTools implements AutoCloseable {
  private static final int MOST_BYTES = 64 << 20;
  private static final long MOST_PIXELS = 1 << 22;
  private static final int MOST_JOBS = 32;

  /** Limit of calls at once, so that some are left when all jobs wait; others begin later. */
  private static final int MOST_CALLS = 2 * MOST_JOBS;

  private static final int HISTORY = 50;
  private static final long PATIENCE_SECONDS = 60;

  private static final RequestLimits LIMITS =
      RequestLimits.DEFAULTS
          .withBytes(MOST_BYTES)
          .withPixels(MOST_PIXELS)
          .withInputPixels(4 * MOST_PIXELS)
          .withImages(1);

  private static final Logger LOG = LoggerFactory.getLogger(LocalTools.class);

  private final ErrorMessages messages = new ErrorMessages(List.of());
  private final Supplier<Pipeline> pipeline;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(MOST_CALLS, work -> daemon(work, "sd-mcp"));

  /** Guarded by this; null before the first call. */
  private @Nullable DrawingModel loaded;

  /**
   * Creates the tools.
   *
   * @param pipeline loads the pipeline, which these tools close
   */
  public LocalTools(Supplier<Pipeline> pipeline) {
    this.pipeline = pipeline;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Serves until the input ends or this thread is interrupted. */
  public void serve(InputStream in, OutputStream out) {
    Tools tools =
        new Tools(
            this::model,
            () -> messages,
            LIMITS,
            client -> {},
            true,
            Schedulers.fromExecutorService(threads));
    LineTransport lines = new LineTransport(tools, in, out, 2 * MOST_BYTES);
    tools.build(McpServer.async(lines));
    // Reading cannot be interrupted, so that another thread reads.
    Thread reader = daemon(lines::run, "sd-mcp input");
    reader.start();
    try {
      reader.join();
    } catch (InterruptedException e) {
      lines.close();
    }
  }

  private synchronized DrawingModel model() {
    DrawingModel known = loaded;
    if (known == null) {
      known = model(pipeline.get());
      loaded = known;
    }
    return known;
  }

  private DrawingModel model(Pipeline pipeline) {
    JobQueue queue =
        new JobQueue(pipeline.concurrency(), MOST_JOBS, HISTORY, (job, end) -> logFailure(job));
    References images =
        new References(
            Map.of("job", new JobImages(queue::find), "file", new LocalFiles(MOST_BYTES)));
    RequestContext requestContext =
        new RequestContext(pipeline, List.of(), List.of(), List.of(), images, LIMITS, false, false);
    return new DrawingModel(
        requestContext,
        queue,
        new DrawingJobs(queue, Optional.empty(), submission -> Optional.empty()),
        pipeline.loras(),
        messages);
  }

  private void logFailure(Job job) {
    job.failure()
        .filter(failure -> messages.of(failure).unexpected())
        .ifPresent(failure -> LOG.error("job {} failed", job.id(), failure));
  }

  /** Waits for the ends of cancelled calls, and closes the pipeline. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a call did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (loaded != null) {
        loaded.queue().close(Duration.ZERO);
        loaded.requestContext().pipeline().close();
      }
    }
  }
}
