package dev.sdlora.server.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Variation;
import dev.sdlora.request.LoraReports;
import dev.sdlora.server.trace.Origin;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Draws the images of one request.
 *
 * <p>To skip an image, the request is cancelled at the pipeline and the remaining images are
 * requested again; image i has the seed of the first plus i, so they are the same.
 */
public final class DrawingRun implements Work {
  private final Pipeline pipeline;
  private final String title;
  private final int images;
  private final List<String> ofRequest;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  // The fields below are guarded by this.
  /** Null once it has been released. */
  private @Nullable PromptSpec whole;

  private int begun;
  private long currentSeed;
  private boolean skipping;
  private boolean cancelling;
  private boolean interrupted;
  private List<String> warnings = List.of();
  private List<JsonNode> loras = List.of();
  private @Nullable CompletableFuture<GenerationResult> part;
  private @Nullable Listener listener;

  /**
   * Creates the work.
   *
   * @param spec the request, with a seed
   * @param warnings warnings of the request, reported before those of the drawing
   */
  public DrawingRun(Pipeline pipeline, PromptSpec spec, List<String> warnings) {
    this.pipeline = pipeline;
    this.title = spec.prompt();
    this.images = spec.images();
    this.whole = spec;
    this.ofRequest = List.copyOf(warnings);
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Optional<String> checkpoint() {
    return Optional.of(pipeline.checkpoint().name());
  }

  @Override
  public int parts() {
    return images;
  }

  @Override
  public synchronized long heldBytes() {
    return whole == null ? 0 : HeldBytes.of(whole);
  }

  @Override
  public synchronized void release() {
    whole = null;
    part = null;
    listener = null;
  }

  @Override
  public CompletableFuture<Outcome> start(JobProgress progress) {
    PromptSpec spec;
    synchronized (this) {
      spec = whole;
    }
    if (spec == null) {
      return CompletableFuture.failedFuture(new CancellationException());
    }
    request(spec, progress);
    return outcome;
  }

  private void request(PromptSpec spec, JobProgress progress) {
    Listener started = new Listener(progress);
    synchronized (this) {
      listener = started;
    }
    CompletableFuture<GenerationResult> requested = pipeline.generateAsync(spec, started);
    boolean unwanted;
    synchronized (this) {
      part = requested;
      unwanted = cancelling;
    }
    var unused =
        requested.whenComplete((result, failure) -> partEnded(spec, progress, result, failure));
    if (unwanted) {
      requested.cancel(true);
    }
  }

  private void partEnded(
      PromptSpec spec,
      JobProgress progress,
      @Nullable GenerationResult result,
      @Nullable Throwable failure) {
    Optional<PromptSpec> rest = Optional.empty();
    boolean skippedLast;
    synchronized (this) {
      if (result != null) {
        warnings = result.warnings();
        loras = result.loras().stream().map(LoraReports::withFileName).toList();
      }
      boolean skipped = skipping && !cancelling && !interrupted;
      skippedLast = skipped && begun == images;
      if (skipped && !skippedLast) {
        rest = Optional.of(behind(spec));
      }
      skipping = false;
    }
    if (rest.isPresent()) {
      try {
        request(rest.get(), progress);
      } catch (RuntimeException e) { // The pipeline was closed meanwhile.
        outcome.completeExceptionally(e);
      }
    } else if (failure == null || skippedLast) {
      outcome.complete(
          new Outcome(Stream.concat(ofRequest.stream(), warnings.stream()).toList(), loras));
    } else {
      outcome.completeExceptionally(failure);
    }
  }

  /** Returns the request for the images that have not begun. Variation seeds advance too. */
  private PromptSpec behind(PromptSpec spec) {
    long ahead = currentSeed + 1 - spec.seed().orElseThrow();
    Variation variation = spec.variation();
    OptionalLong varied =
        variation.seed().isPresent()
            ? OptionalLong.of(variation.seed().getAsLong() + ahead)
            : OptionalLong.empty();
    return spec.toBuilder()
        .seed(currentSeed + 1)
        .images(images - begun)
        .variation(new Variation(varied, variation.strength(), variation.resizeFrom()))
        .build();
  }

  @Override
  public void cancel() {
    end(true);
  }

  /**
   * The pipeline finishes the current image after its current step; if none has begun, this
   * cancels.
   */
  @Override
  public void interrupt() {
    synchronized (this) {
      interrupted = begun > 0;
      if (interrupted) {
        return;
      }
    }
    cancel();
  }

  @Override
  public void skip() {
    end(false);
  }

  private void end(boolean all) {
    CompletableFuture<GenerationResult> running;
    synchronized (this) {
      if (!all && begun == 0) {
        return;
      }
      cancelling |= all;
      skipping |= !all;
      if (listener != null) {
        listener.over = true;
      }
      running = part;
    }
    if (running != null) {
      running.cancel(true);
    }
  }

  /** Forwards events of the pipeline until it is stopped; the pipeline may still finish a step. */
  private final class Listener implements GenerationListener, WeightsListener {
    private final JobProgress progress;
    private final Phases phases;
    private Optional<Origin.Scope> logged = Optional.empty();
    private boolean over;

    Listener(JobProgress progress) {
      this.progress = progress;
      this.phases = new Phases(progress::passed);
    }

    @Override
    public void weightsReady(long began) {
      progress.passed(Phase.Passed.until(Phase.CHECKPOINT, began));
    }

    @Override
    public boolean takesImages() {
      return true;
    }

    @Override
    public boolean endsEarly() {
      synchronized (DrawingRun.this) {
        return interrupted;
      }
    }

    @Override
    public void generationStart(PromptSpec spec) {
      logged = Optional.of(progress.logged());
      synchronized (DrawingRun.this) {
        if (!over) {
          progress.begun();
        }
      }
    }

    @Override
    public void generationEnd(GenerationResult result) {
      ended();
    }

    @Override
    public void generationFailed(Throwable cause) {
      ended();
    }

    private void ended() {
      phases.endAll();
      logged.ifPresent(Origin.Scope::close);
    }

    @Override
    public void lorasStart() {
      phases.begin(Phase.LORAS, -1);
    }

    @Override
    public void lorasEnd() {
      phases.end(Phase.LORAS, -1);
    }

    @Override
    public void conditioningStart() {
      phases.begin(Phase.ENCODE, -1);
    }

    @Override
    public void conditioningEnd() {
      phases.end(Phase.ENCODE, -1);
    }

    @Override
    public void stepStart(Step step) {
      phases.step(step.image());
    }

    @Override
    public void decodeStart(int index) {
      phases.end(Phase.SAMPLE, index);
      phases.begin(Phase.DECODE, index);
    }

    @Override
    public void decodeEnd(int index) {
      phases.end(Phase.DECODE, index);
    }

    @Override
    public void imageStart(int index, long seed) {
      synchronized (DrawingRun.this) {
        if (!over) {
          begun++;
          currentSeed = seed;
          progress.partBegun();
        }
      }
    }

    @Override
    public void stepEnd(Step done, Supplier<Image> preview) {
      var image = Optional.of(preview.get().toBufferedImage());
      synchronized (DrawingRun.this) {
        if (!over) {
          progress.step(done.number(), done.total(), image);
        }
      }
    }

    @Override
    public void imageEnd(int index, GeneratedImage image) {
      synchronized (DrawingRun.this) {
        if (!over) {
          progress.image(image);
        }
      }
    }
  }
}
