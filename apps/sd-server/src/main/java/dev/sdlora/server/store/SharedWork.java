package dev.sdlora.server.store;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.server.job.DrawingRun;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Work;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The work of a stored job, which this server or another one does. Safe for use by several threads.
 */
final class SharedWork implements Work {
  private final String id;
  private final String title;
  private final int parts;
  private final SharedJobs jobs;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  // The fields below are guarded by this.
  private double place;
  private boolean drawnHere;
  private @Nullable JobProgress progress;
  private @Nullable DrawingRun run;
  private JobReport seen = JobReport.NOTHING;
  private boolean begun;

  SharedWork(String id, String title, int parts, double place, SharedJobs jobs) {
    this.id = id;
    this.title = title;
    this.parts = parts;
    this.place = place;
    this.jobs = jobs;
  }

  @Override
  public String title() {
    return title;
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

  /** Draws the job here. */
  CompletableFuture<Outcome> draw(DrawingRun drawing) {
    JobProgress heard;
    synchronized (this) {
      run = drawing;
      drawnHere = true;
      heard = progress;
    }
    return heard == null
        ? CompletableFuture.failedFuture(new CancellationException())
        : drawing.start(heard);
  }

  /** Follows a job that another server draws. */
  synchronized void follow(JobReport report, Supplier<Optional<BufferedImage>> preview) {
    JobProgress told = progress;
    if (told == null || run != null || report.equals(seen)) {
      return;
    }
    if (!begun) {
      begun = true;
      told.begun();
    }
    for (int image = seen.begun(); image < report.begun(); image++) {
      told.partBegun();
    }
    if (report.step() > 0) {
      told.step(report.step(), report.steps(), preview.get());
    }
    seen = report;
  }

  /** Ends the job with the result that the database has. */
  void end(JobState state, JobReport report, List<GeneratedImage> images) {
    JobProgress told;
    synchronized (this) {
      told = progress;
      run = null;
    }
    if (told != null) {
      images.forEach(told::image);
    }
    switch (state) {
      case DONE -> outcome.complete(new Outcome(report.warnings(), report.loras()));
      case CANCELLED -> outcome.completeExceptionally(new CancellationException());
      default ->
          outcome.completeExceptionally(
              new StableDiffusionException(String.valueOf(report.error())));
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

  synchronized boolean isDrawnHere() {
    return drawnHere;
  }

  @Override
  public synchronized boolean isElsewhere() {
    return !drawnHere;
  }

  @Override
  public synchronized double place() {
    return place;
  }

  synchronized void place(double other) {
    place = other;
  }

  @Override
  public boolean move(int to) {
    return jobs.move(id, to);
  }

  private synchronized @Nullable DrawingRun run() {
    return run;
  }

  @Override
  public void cancel() {
    DrawingRun drawing = run();
    if (drawing != null) {
      drawing.cancel();
    } else {
      jobs.cancel(id);
    }
  }

  @Override
  public void interrupt() {
    DrawingRun drawing = run();
    if (drawing != null) {
      drawing.interrupt();
    } else {
      jobs.cancel(id);
    }
  }

  @Override
  public void skip() {
    DrawingRun drawing = run();
    if (drawing != null) {
      drawing.skip();
    }
  }

  @Override
  public void forgotten() {
    jobs.delete(id);
  }

  @Override
  public long heldBytes() {
    DrawingRun drawing = run();
    return drawing == null ? 0 : drawing.heldBytes();
  }

  @Override
  public void release() {
    DrawingRun drawing = run();
    if (drawing != null) {
      drawing.release();
    }
  }
}
