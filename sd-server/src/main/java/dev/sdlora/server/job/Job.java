package dev.sdlora.server.job;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationCancelledException;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LatentPreview;
import dev.sdlora.api.LoraReport;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Variation;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request for pictures, from its arrival to its end. Safe for use by several threads: those
 * that ask how far it is, and the one that draws.
 *
 * <p>A picture is skipped by cancelling the request at the pipeline and asking for those behind it
 * anew; picture i has the seed of the first plus i, so they are the same.
 */
public final class Job {
  /** How many looks at unfinished pictures are kept for a stream of them. */
  private final int keptPreviews;

  private final String id;
  private final String kind;
  private final String prompt;
  private final int images;
  private final Instant created = Instant.now();
  private final Consumer<Job> ended;

  // All below is guarded by this.
  private JobState state = JobState.WAITING;
  private long version;
  private long startedAt;
  private long endedAt;
  private int begun;
  private long currentSeed;
  private int step;
  private int steps;
  private boolean skipping;
  private boolean cancelling;
  private @Nullable BufferedImage preview;
  private final List<BufferedImage> previews = new ArrayList<>();
  private final List<GeneratedImage> finished = new ArrayList<>();
  private List<String> warnings = List.of();
  private List<LoraReport> loras = List.of();
  private @Nullable Throwable failure;
  private @Nullable CompletableFuture<GenerationResult> work;
  private Watch watch = new Watch();

  Job(String id, Request request, Consumer<Job> ended) {
    this.id = id;
    this.kind = request.kind();
    this.prompt = request.spec().prompt();
    this.images = request.spec().images();
    this.keptPreviews = request.keptPreviews();
    this.ended = ended;
  }

  /**
   * What a job is made of.
   *
   * @param kind what the client called, such as {@code txt2img}
   * @param spec what to draw, with a seed
   * @param keptPreviews how many previews of the way are kept, spread evenly over the steps of each
   *     picture
   */
  public record Request(String kind, PromptSpec spec, int keptPreviews) {
    /** Keeps only the latest preview. */
    public Request(String kind, PromptSpec spec) {
      this(kind, spec, 0);
    }
  }

  /**
   * How far a job is, at one moment.
   *
   * @param version grows with every change
   * @param begun how many pictures have begun, those that are finished or skipped included
   * @param step of the picture under way; 0 before its first is done
   * @param steps of each picture; 0 before the first is known
   * @param fraction 0 to 1, of all pictures
   * @param secondsLeft an estimate; 0 where nothing is known
   */
  public record Snapshot(
      JobState state,
      long version,
      int begun,
      int step,
      int steps,
      double fraction,
      double secondsLeft) {}

  void start(Pipeline pipeline, PromptSpec spec) {
    Watch watching = new Watch();
    synchronized (this) {
      watch = watching;
    }
    CompletableFuture<GenerationResult> started = pipeline.generateAsync(spec, watching);
    synchronized (this) {
      work = started;
      if (cancelling) {
        started.cancel(true);
      }
    }
    var unused =
        started.whenComplete((result, failed) -> partEnded(pipeline, spec, result, failed));
  }

  private void partEnded(
      Pipeline pipeline,
      PromptSpec spec,
      @Nullable GenerationResult result,
      @Nullable Throwable failed) {
    Optional<PromptSpec> rest = Optional.empty();
    synchronized (this) {
      if (result != null) {
        warnings = result.warnings();
        loras = result.loras();
      }
      if (skipping && !cancelling && begun < images) {
        rest = Optional.of(behind(spec));
      }
      skipping = false;
    }
    if (rest.isPresent()) {
      try {
        start(pipeline, rest.get());
        return;
      } catch (RuntimeException e) { // The pipeline has been closed meanwhile.
        end(e);
        return;
      }
    }
    end(failed);
  }

  /** The pictures that have not begun. Seeds of variations go along. */
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

  /** Ends without having begun, or with what its work ended with. */
  void end(@Nullable Throwable failed) {
    Throwable cause = failed instanceof CompletionException e ? e.getCause() : failed;
    synchronized (this) {
      if (state.isEnd()) {
        return;
      }
      boolean stopped =
          cancelling
              || cause instanceof GenerationCancelledException
              || cause instanceof CancellationException;
      boolean skippedLast = stopped && !cancelling && begun == images && begun > 0;
      failure = cause;
      state =
          cause == null || skippedLast
              ? JobState.DONE
              : stopped ? JobState.CANCELLED : JobState.FAILED;
      endedAt = System.nanoTime();
      preview = null;
      work = null;
      changed();
    }
    ended.accept(this);
  }

  /** Ends it within a step; what is finished stays. Does nothing at its end. */
  public void cancel() {
    CompletableFuture<GenerationResult> running;
    synchronized (this) {
      if (state.isEnd()) {
        return;
      }
      cancelling = true;
      watch.over = true;
      running = work;
    }
    if (running != null) {
      running.cancel(true);
    }
  }

  /** Leaves the picture under way out and goes on with the next. */
  public void skip() {
    CompletableFuture<GenerationResult> running;
    synchronized (this) {
      if (state != JobState.RUNNING || begun == 0) {
        return;
      }
      skipping = true;
      watch.over = true;
      running = work;
    }
    if (running != null) {
      running.cancel(true);
    }
  }

  /**
   * Waits until there is more to tell than in a snapshot, or some time is over.
   *
   * @param seen the version of that snapshot
   * @return how far it is then
   */
  public synchronized Snapshot await(long seen, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (version == seen && !state.isEnd() && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return snapshot();
  }

  /** How far it is. */
  public synchronized Snapshot snapshot() {
    double ofPicture = steps == 0 ? 0 : (double) step / steps;
    double done = state == JobState.DONE ? 1 : (Math.max(0, begun - 1) + ofPicture) / images;
    double passed = startedAt == 0 ? 0 : (System.nanoTime() - startedAt) / 1e9;
    double left = done <= 0 || state.isEnd() ? 0 : passed / done * (1 - done);
    return new Snapshot(state, version, begun, step, steps, done, left);
  }

  private void changed() {
    version++;
    notifyAll();
  }

  /** By which it is asked for. */
  public String id() {
    return id;
  }

  /** What the client called. */
  public String kind() {
    return kind;
  }

  /** What is drawn. */
  public String prompt() {
    return prompt;
  }

  /** How many pictures were asked for. */
  public int images() {
    return images;
  }

  /** When it arrived. */
  public Instant created() {
    return created;
  }

  /** The time from its start to its end, or to now; 0 before it started. */
  public synchronized double seconds() {
    long until = endedAt == 0 ? System.nanoTime() : endedAt;
    return startedAt == 0 ? 0 : (until - startedAt) / 1e9;
  }

  /** The pictures that are finished, in the order of their seeds. */
  public synchronized List<GeneratedImage> finished() {
    return List.copyOf(finished);
  }

  /** The latest look at the picture under way. */
  public synchronized Optional<BufferedImage> preview() {
    return Optional.ofNullable(preview);
  }

  /** The looks that were kept on the way, of all pictures. */
  public synchronized List<BufferedImage> keptPreviews() {
    return List.copyOf(previews);
  }

  /** What was passed over. */
  public synchronized List<String> warnings() {
    return warnings;
  }

  /** What became of the LoRAs. */
  public synchronized List<LoraReport> loras() {
    return loras;
  }

  /** Why it ended early. */
  public synchronized Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** What the pipeline tells, until it is told to stop: the step under way is still finished. */
  private final class Watch implements GenerationListener {
    private boolean over;

    @Override
    public boolean takesImages() {
      return true;
    }

    @Override
    public void generationStart(PromptSpec spec) {
      synchronized (Job.this) {
        if (over) {
          return;
        }
        if (state == JobState.WAITING) {
          state = JobState.RUNNING;
          startedAt = System.nanoTime();
        }
        changed();
      }
    }

    @Override
    public void imageStart(int index, long seed) {
      synchronized (Job.this) {
        if (over) {
          return;
        }
        begun++;
        currentSeed = seed;
        step = 0;
        changed();
      }
    }

    @Override
    public void stepEnd(Step done, LatentPreview look) {
      BufferedImage image = look.toImage();
      synchronized (Job.this) {
        if (over) {
          return;
        }
        step = done.number();
        steps = done.total();
        preview = image;
        if (isKept(done)) {
          previews.add(image);
        }
        changed();
      }
    }

    private boolean isKept(Step done) {
      int until = keptPreviews * done.number() / done.total();
      int before = keptPreviews * (done.number() - 1) / done.total();
      return until > before;
    }

    @Override
    public void imageEnd(int index, GeneratedImage image) {
      synchronized (Job.this) {
        if (over) {
          return;
        }
        finished.add(image);
        changed();
      }
    }
  }
}
