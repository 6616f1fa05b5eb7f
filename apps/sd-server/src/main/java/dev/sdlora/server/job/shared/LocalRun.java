package dev.sdlora.server.job.shared;

import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.server.job.Phase;
import dev.sdlora.server.trace.Origin;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Passes on what a run of a stored job in this process reports, until the job is given to another
 * server. Images that the job has from an earlier run are the same, and are not reported again.
 * Safe for use by several threads.
 */
final class LocalRun implements JobProgress {
  private final JobProgress job;

  // The fields below are guarded by this.
  private int known;
  private int images;
  private boolean stopped;

  /**
   * Begins a run.
   *
   * @param known the number of images that the job already has
   */
  LocalRun(JobProgress job, int known) {
    this.job = job;
    this.known = known;
  }

  /** Ignores all further reports; returns the number of images that the job has. */
  synchronized int stop() {
    stopped = true;
    return known;
  }

  @Override
  public synchronized void image(JobImage image) {
    images++;
    if (!stopped && images > known) {
      known = images;
      job.image(image);
    }
  }

  private synchronized void passOn(Runnable report) {
    if (!stopped) {
      report.run();
    }
  }

  @Override
  public void begun() {
    passOn(job::begun);
  }

  @Override
  public void partBegun() {
    passOn(job::partBegun);
  }

  @Override
  public void step(int number, int total, Optional<BufferedImage> preview) {
    passOn(() -> job.step(number, total, preview));
  }

  @Override
  public void keptPreview(BufferedImage preview) {
    passOn(() -> job.keptPreview(preview));
  }

  @Override
  public void interrupted() {
    passOn(job::interrupted);
  }

  @Override
  public void changed() {
    passOn(job::changed);
  }

  @Override
  public void passed(Phase.Passed phase) {
    job.passed(phase);
  }

  @Override
  public Origin.Scope logged() {
    return job.logged();
  }
}
