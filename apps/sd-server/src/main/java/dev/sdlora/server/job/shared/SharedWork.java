package dev.sdlora.server.job.shared;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.store.JobReport;
import dev.sdlora.server.job.store.JobStore;
import dev.sdlora.server.job.store.StoredParts;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The work of a stored job, which this server or another one does. Safe for use by several threads.
 */
final class SharedWork implements Work {
  private final String id;
  private final String title;
  private final int parts;
  private final SharedJobs jobs;
  private final boolean outlives;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  // The fields below are guarded by this.
  private boolean claimed;
  private @Nullable JobProgress progress;
  private @Nullable Work run;
  private @Nullable LocalRun local;
  private JobReport seen = JobReport.NOTHING;
  private String lastReport = "";
  private boolean begun;
  private boolean unwanted;

  /**
   * Creates the work of a job.
   *
   * @param outlives whether the job continues when this process ends
   */
  SharedWork(String id, String title, int parts, boolean outlives, SharedJobs jobs) {
    this.id = id;
    this.title = title;
    this.parts = parts;
    this.outlives = outlives;
    this.jobs = jobs;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Optional<String> checkpoint() {
    return run().flatMap(Work::checkpoint);
  }

  @Override
  public int parts() {
    return parts;
  }

  @Override
  public Lane lane() {
    return Lane.SHARED;
  }

  @Override
  public CompletableFuture<Outcome> start(JobProgress progress) {
    synchronized (this) {
      this.progress = progress;
    }
    return outcome;
  }

  /** Stops following the job, because this server is about to draw it. */
  synchronized void claim() {
    claimed = true;
  }

  /** Draws the job here. */
  CompletableFuture<Outcome> draw(Work drawing) {
    LocalRun receiver;
    synchronized (this) {
      run = drawing;
      receiver = progress == null ? null : new LocalRun(progress, seen.images());
      local = receiver;
    }
    return receiver == null
        ? CompletableFuture.failedFuture(new CancellationException())
        : drawing.start(receiver);
  }

  /** Whether a report is another one than the last. */
  synchronized boolean isNew(String report) {
    return progress != null && run == null && !claimed && !report.equals(lastReport);
  }

  /** Follows a job that another server draws. */
  void follow(String text, JobReport report, StoredParts stored) {
    JobReport before = seen();
    NewImages found = newImages(before, report, stored, report.images() > before.images());
    synchronized (this) {
      JobProgress receiver = progress;
      if (receiver == null || run != null || claimed || !seen.equals(before)) {
        return;
      }
      lastReport = text;
      if (!begun) {
        begun = true;
        receiver.begun();
      }
      for (int image = seen.begun(); image < report.begun(); image++) {
        receiver.partBegun();
      }
      passOn(receiver, report, found);
      if (report.step() > 0) {
        receiver.step(report.step(), report.steps(), Optional.empty());
      } else {
        receiver.changed();
      }
    }
  }

  private synchronized JobReport seen() {
    return seen;
  }

  /** The images and previews that this process does not know yet. */
  private record NewImages(List<JobImage> images, List<BufferedImage> previews) {}

  /** Loads images without holding the lock, because the database may be slow. */
  private NewImages newImages(
      JobReport before, JobReport report, StoredParts stored, boolean anyImages) {
    List<BufferedImage> previews = new ArrayList<>();
    for (int i = before.previews(); i < report.previews() && !outlives; i++) {
      stored.preview(i).ifPresent(previews::add);
    }
    List<JobImage> images = anyImages ? stored.images() : List.of();
    return new NewImages(
        images.stream().skip(Math.min(before.images(), images.size())).toList(), previews);
  }

  private void passOn(JobProgress receiver, JobReport report, NewImages found) {
    found.previews().forEach(receiver::keptPreview);
    found.images().forEach(receiver::image);
    // A server that begins the job anew tells fewer; its images are the same.
    seen = report.withImages(seen.images() + found.images().size());
  }

  /** Ends the job with the result that the database has. */
  void end(JobState state, JobReport report, StoredParts stored) {
    JobReport before = seen();
    NewImages found = newImages(before, report, stored, true);
    synchronized (this) {
      JobProgress receiver = progress;
      if (receiver != null && seen.equals(before)) {
        passOn(receiver, report, found);
      }
      if (receiver != null && report.interrupted()) {
        receiver.interrupted();
      }
      run = null;
    }
    if (state == JobState.DONE || (state == JobState.CANCELLED && report.interrupted())) {
      outcome.complete(new Outcome(report.warnings(), report.loraReports()));
    } else if (state == JobState.CANCELLED) {
      outcome.completeExceptionally(new CancellationException());
    } else {
      outcome.completeExceptionally(report.failure());
    }
  }

  /** Ends the job that was drawn here. */
  void end(@Nullable Outcome drawn, @Nullable Throwable failure) {
    if (failure != null) {
      outcome.completeExceptionally(failure);
    } else {
      outcome.complete(drawn == null ? Outcome.NOTHING : drawn);
    }
  }

  /** Stops drawing a job that another server draws now. */
  void stop() {
    stopLocal();
    synchronized (this) {
      claimed = false;
    }
    run().ifPresent(Work::cancel);
  }

  /** Leaves the job to another server. */
  void leave() {
    stopLocal();
    synchronized (this) {
      run = null;
      claimed = false;
    }
  }

  /** Ignores what the run here reports from now on, and keeps the images that it has reported. */
  private void stopLocal() {
    LocalRun stopped;
    synchronized (this) {
      stopped = local;
      local = null;
    }
    if (stopped != null) {
      int images = stopped.stop(); // Not under the lock: watchers of the job call this work.
      synchronized (this) {
        seen = seen.withImages(images);
      }
    }
  }

  /** Ends the job that nobody waits for any more. */
  void abandon() {
    outcome.completeExceptionally(new CancellationException());
  }

  @Override
  public synchronized boolean isElsewhere() {
    return !claimed;
  }

  @Override
  public synchronized boolean endsWithProcess() {
    return run != null || !outlives;
  }

  /** Whether a client cancelled the job, rather than the end of this process. */
  synchronized boolean isUnwanted() {
    return unwanted;
  }

  /** Whether the job continues when this process ends. */
  boolean outlives() {
    return outlives;
  }

  @Override
  public void move(double place) {
    jobs.move(id, place);
  }

  private synchronized Optional<Work> run() {
    return Optional.ofNullable(run);
  }

  @Override
  public void cancel() {
    synchronized (this) {
      unwanted |= !jobs.isClosing();
    }
    run().ifPresentOrElse(Work::cancel, () -> jobs.cancel(id, this));
  }

  @Override
  public void interrupt() {
    run().ifPresentOrElse(Work::interrupt, () -> jobs.ask(id, JobStore.Signal.INTERRUPT));
  }

  @Override
  public void skip() {
    run().ifPresentOrElse(Work::skip, () -> jobs.ask(id, JobStore.Signal.SKIP));
  }

  @Override
  public Optional<ObjectNode> details() {
    return run().flatMap(Work::details).or(() -> Optional.ofNullable(seen().details()));
  }

  @Override
  public List<byte[]> cells() {
    return run().map(Work::cells).orElse(List.of());
  }

  @Override
  public Optional<byte[]> cell(int number) {
    return run().flatMap(work -> work.cell(number)).or(() -> jobs.cell(id, number));
  }

  @Override
  public Optional<BufferedImage> preview() {
    return run().isPresent() ? Optional.empty() : jobs.preview(id);
  }

  @Override
  public void forgotten() {
    jobs.delete(id);
  }

  @Override
  public long heldBytes() {
    return run().map(Work::heldBytes).orElse(0L);
  }

  @Override
  public void release() {
    run().ifPresent(Work::release);
  }
}
