package dev.sdlora.server.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.key.Sender;
import dev.sdlora.server.trace.Origin;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One piece of requested work, from its arrival to its end. Safe for use by several threads. */
public final class Job {
  private final String id;
  private final Request request;
  private final long settingsBytes;
  private final JobQueue queue;
  private final Origin origin = Origin.current();

  // The fields below are guarded by this.
  private JobState state = JobState.WAITING;
  private JobLife life = JobLife.NEW;
  private double place;
  private boolean interrupted;
  private long version;
  private long startedAt;
  private Duration waited = Duration.ZERO;
  private long endedAt;
  private int begun;
  private int step;
  private int steps;
  private final Previews previews;
  private final List<JobImage> finished = new ArrayList<>();
  private List<String> warnings = List.of();
  private List<JsonNode> loras = List.of();
  private @Nullable Throwable failure;

  Job(String id, Request request, JobQueue queue) {
    this.id = id;
    this.request = request;
    this.queue = queue;
    this.previews = new Previews(request.keptPreviews());
    this.place = request.sender().rank(request.created().toEpochMilli());
    this.settingsBytes = HeldBytes.of(Fields.text(request.settings()));
  }

  /**
   * The contents of a job.
   *
   * @param kind the API call, such as {@code txt2img}
   * @param work the work to do
   * @param settings the fields of the request, without large images; must not be changed afterwards
   * @param keptPreviews the number of previews to keep of each part, spread evenly over its steps
   * @param created the time of arrival
   * @param sender the sender
   */
  public record Request(
      String kind,
      Work work,
      ObjectNode settings,
      int keptPreviews,
      Instant created,
      Sender sender) {
    /** Creates a request that arrives now, from the client whose request this thread handles. */
    public Request(String kind, Work work, ObjectNode settings, int keptPreviews) {
      this(
          kind,
          work,
          settings,
          keptPreviews,
          Instant.now().truncatedTo(ChronoUnit.MILLIS),
          Sender.current());
    }

    /** Creates a request that arrives now and keeps only the latest preview. */
    public Request(String kind, Work work, ObjectNode settings) {
      this(kind, work, settings, 0);
    }

    /** Creates a request that keeps only the latest preview. */
    public Request(String kind, Work work, ObjectNode settings, Instant created, Sender sender) {
      this(kind, work, settings, 0, created, sender);
    }
  }

  /**
   * The progress of a job at one moment.
   *
   * @param state the state
   * @param version incremented by every change
   * @param begun the number of parts that have begun, including finished and skipped ones
   * @param step the number of finished steps of the current part
   * @param steps the steps of each part; 0 before they are known
   * @param fraction the progress of all parts, 0 to 1
   * @param secondsLeft an estimate; 0 if unknown
   */
  public record Snapshot(
      JobState state,
      long version,
      int begun,
      int step,
      int steps,
      double fraction,
      double secondsLeft) {}

  /**
   * What a job has drawn at one moment.
   *
   * @param images the finished images in the order of their seeds
   * @param previews the kept previews in the order of their steps
   */
  public record Pictures(List<JobImage> images, List<KeptPreview> previews) {}

  /** Starts the work when the queue has a place for it. */
  void start() {
    if (isCancelling()) {
      end(null, new CancellationException());
      return;
    }
    try {
      var unused =
          request
              .work()
              .start(new Progress())
              .whenComplete((outcome, failed) -> end(outcome, failed));
    } catch (RuntimeException | Error e) { // For example, the pipeline is closed.
      end(null, e);
    }
  }

  /** Ends the job within a step and keeps finished images. Does nothing after its end. */
  public void cancel() {
    if (queue.cancel(this)) {
      over(null, new CancellationException(), JobState.CANCELLED);
    } else {
      request.work().cancel();
    }
  }

  /**
   * Ends the job soon, like {@link #cancel}; keeps the current part unfinished where that makes
   * sense.
   */
  public void interrupt() {
    boolean runs;
    synchronized (this) {
      runs = state == JobState.RUNNING && !life.stage().isEnd();
      interrupted |= runs;
    }
    if (runs) {
      request.work().interrupt();
    } else {
      cancel();
    }
  }

  /** Skips the current part and continues with the next. */
  public void skip() {
    if (snapshot().state() == JobState.RUNNING) {
      request.work().skip();
    }
  }

  /** Ends the job with the result of its work. */
  private void end(Work.@Nullable Outcome outcome, @Nullable Throwable failed) {
    Throwable cause = failed instanceof CompletionException e ? e.getCause() : failed;
    JobState end = endAfter(cause);
    if (queue.end(this, end)) {
      over(outcome, cause, end);
    }
  }

  /** Returns the state in which the job ends after an error, or without one. */
  public synchronized JobState endAfter(@Nullable Throwable cause) {
    return JobState.after(cause, life.cancelling(), interrupted);
  }

  /** Tells everyone about the end, clients at last. */
  private void over(Work.@Nullable Outcome outcome, @Nullable Throwable cause, JobState end) {
    if (outcome != null) {
      synchronized (this) {
        warnings = outcome.warnings();
        loras = outcome.loras();
      }
    }
    List<String> added = queue.workEnded(this);
    request.work().release();
    synchronized (this) {
      List<String> all = new ArrayList<>(warnings);
      all.addAll(added);
      warnings = List.copyOf(all);
      failure = cause;
      endedAt = queue.nanoTime();
    }
    try {
      queue.ending(this, end);
    } finally {
      synchronized (this) {
        state = end;
        previews.forgetLatest();
        changed();
      }
      queue.ended(this);
    }
  }

  /**
   * Waits until the job has changed since a snapshot or a timeout expires.
   *
   * @param seen the version of the snapshot
   * @param millis the timeout
   * @return the current progress
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

  /** Returns the current progress. */
  public synchronized Snapshot snapshot() {
    double ofPart = steps == 0 ? 0 : (double) step / steps;
    double done = state == JobState.DONE ? 1 : (Math.max(0, begun - 1) + ofPart) / parts();
    double passed = startedAt == 0 ? 0 : (queue.nanoTime() - startedAt) / 1e9;
    double left = done <= 0 || state.isEnd() ? 0 : passed / done * (1 - done);
    return new Snapshot(state, version, begun, step, steps, done, left);
  }

  private void changed() {
    version++;
    notifyAll();
    queue.changes().next();
  }

  /** Returns the id. */
  public String id() {
    return id;
  }

  /** Returns the API call, such as {@code txt2img}. */
  public String kind() {
    return request.kind();
  }

  /** Returns the title for people, such as the prompt. */
  public String title() {
    return request.work().title();
  }

  /** Returns the work. */
  public Work work() {
    return request.work();
  }

  /** Returns the HTTP request that submitted the job. */
  public Origin origin() {
    return origin;
  }

  /** Marks the log lines of this thread as those of the job until the scope is closed. */
  public Origin.Scope logged() {
    return origin.enter(Optional.of(id));
  }

  /** Reports a phase of the job that is over. */
  public void passed(Phase.Passed phase) {
    queue.passed(this, phase);
  }

  /** Returns the fields of the request; they must not be changed. */
  public ObjectNode settings() {
    return request.settings();
  }

  /** Estimates the heap held by the request, its results and its reports. */
  long heldBytes() {
    long held = settingsBytes + HeldBytes.of(title()) + request.work().heldBytes();
    synchronized (this) {
      return held
          + finished.stream().mapToLong(JobImage::heldBytes).sum()
          + previews.kept().stream().map(KeptPreview::image).mapToLong(HeldBytes::of).sum()
          + warnings.stream().mapToLong(HeldBytes::of).sum();
    }
  }

  /** Returns the number of parts, such as images. */
  public int parts() {
    return request.work().parts();
  }

  /** Returns the time of arrival. */
  public Instant created() {
    return request.created();
  }

  /** Returns the time from the arrival to the start; 0 before it, or if the clocks disagree. */
  public synchronized Duration waited() {
    return waited.isNegative() ? Duration.ZERO : waited;
  }

  /** Returns the sender. */
  public Sender sender() {
    return request.sender();
  }

  synchronized JobLife life() {
    return life;
  }

  /** Replaces the life; called by the queue alone. */
  synchronized void life(JobLife other) {
    life = other;
  }

  /** Whether the job has neither begun nor ended. */
  synchronized boolean isWaiting() {
    return state == JobState.WAITING && !life.stage().isEnd();
  }

  /** Returns the order among waiting jobs, smaller ones first; at first {@link Sender#rank}. */
  synchronized double place() {
    return place;
  }

  /** Moves the job among waiting ones. */
  public synchronized void place(double other) {
    place = other;
  }

  /** Returns the seconds from the start to the end, or to now; 0 before the start. */
  public synchronized double seconds() {
    long until = endedAt == 0 ? queue.nanoTime() : endedAt;
    return startedAt == 0 ? 0 : (until - startedAt) / 1e9;
  }

  /** Returns the finished images in the order of their seeds. */
  public synchronized List<JobImage> images() {
    return List.copyOf(finished);
  }

  /** Loads the finished images; in the order of their seeds. */
  public List<GeneratedImage> finished() {
    return images().stream().map(JobImage::load).toList();
  }

  /** Whether a client has cancelled the job. */
  public synchronized boolean isCancelling() {
    return life.cancelling();
  }

  /** Whether a client has ended the job while it ran; finished images stay. */
  public synchronized boolean isInterrupted() {
    return interrupted;
  }

  /** Returns the latest preview of the current image. */
  public Optional<BufferedImage> preview() {
    synchronized (this) {
      if (state.isEnd() || previews.latest().isPresent()) {
        return previews.latest();
      }
    }
    return request.work().preview();
  }

  /** Returns the finished images and the kept previews of all parts, as they are at one moment. */
  public synchronized Pictures pictures() {
    return new Pictures(images(), previews.kept());
  }

  /** Returns the warnings. */
  public synchronized List<String> warnings() {
    return warnings;
  }

  /** Returns the report of each LoRA as JSON; it must not be changed. */
  public synchronized List<JsonNode> loras() {
    return loras;
  }

  /** Returns the error that ended the job. */
  public synchronized Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Records the progress of the work. */
  private final class Progress implements JobProgress {
    @Override
    public void begun() {
      boolean first;
      synchronized (Job.this) {
        first = isWaiting();
        update(
            () -> {
              if (state == JobState.WAITING) {
                state = JobState.RUNNING;
                startedAt = queue.nanoTime();
                waited = Duration.between(created(), Instant.now());
              }
            });
      }
      if (first) {
        queue.began(Job.this);
      }
    }

    @Override
    public void partBegun() {
      update(
          () -> {
            begun++;
            step = 0;
          });
    }

    @Override
    public void step(int number, int total, Optional<BufferedImage> preview) {
      update(
          () -> {
            step = number;
            steps = total;
            preview.ifPresent(image -> previews.add(image, number, total, finished.size()));
          });
    }

    @Override
    public void image(JobImage image) {
      update(() -> finished.add(image));
    }

    @Override
    public void keptPreview(BufferedImage preview) {
      update(() -> previews.keep(preview, finished.size()));
    }

    @Override
    public void interrupted() {
      update(() -> interrupted = true);
    }

    @Override
    public void changed() {
      update(() -> {});
    }

    @Override
    public void passed(Phase.Passed phase) {
      Job.this.passed(phase);
    }

    @Override
    public Origin.Scope logged() {
      return Job.this.logged();
    }

    private void update(Runnable change) {
      synchronized (Job.this) {
        if (!life.stage().isEnd()) {
          change.run();
          Job.this.changed();
        }
      }
    }
  }
}
