package dev.sdlora.server.observe;

import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobObserver;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Phase;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.results.Results;
import dev.sdlora.server.trace.Origin;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures, traces and logs the jobs that this process draws, and saves their images.
 *
 * @param results the place of images of jobs that are not stored; empty if they are not saved
 */
public record JobWatch(
    Metrics metrics, JobSpans spans, ErrorMessages messages, Optional<Results> results)
    implements JobObserver {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);

  @Override
  public List<String> workEnded(Job job) {
    if (results.isEmpty() || job.work().lane() == Work.Lane.SHARED) {
      return List.of();
    }
    long began = System.nanoTime();
    List<String> warnings = results.get().write(job);
    job.passed(Phase.Passed.until(Phase.STORE, began));
    return warnings;
  }

  @Override
  public void began(Job job) {
    metrics.began(job);
    spans.began(job);
  }

  @Override
  public void passed(Job job, Phase.Passed phase) {
    metrics.passed(phase);
    spans.passed(job, phase);
  }

  @Override
  public void ended(Job job, JobState end) {
    spans.ended(job, end);
    if (job.work().isElsewhere()) {
      return;
    }
    metrics.ended(job, end);
    JobLog.ended(job, end);
    Origin.Scope logged = job.logged();
    job.failure()
        .filter(failure -> messages.of(failure).unexpected())
        .ifPresent(failure -> LOG.error("job {} failed", job.id(), failure));
    logged.close();
  }
}
