package dev.sdlora.server.observe;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.trace.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs a line for each job that ends, on the logger {@code dev.sdlora.server.jobs} at level INFO.
 */
public final class JobLog {
  private static final Logger LOG = LoggerFactory.getLogger("dev.sdlora.server.jobs");

  private JobLog() {}

  /** Logs a job that this process drew, if the logger is on. */
  public static void ended(Job job, JobState end) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    Origin.Scope logged = job.logged();
    try {
      withKey(LOG.atInfo(), job)
          .addKeyValue("kind", job.kind())
          .addKeyValue("state", end.label())
          .addKeyValue("wait_ms", job.waited().toMillis())
          .addKeyValue("duration_ms", Math.round(job.seconds() * 1000))
          .addKeyValue("images", job.images().size())
          .log("job {} {}", job.id(), end.label());
    } finally {
      logged.close();
    }
  }

  private static LoggingEventBuilder withKey(LoggingEventBuilder line, Job job) {
    return job.sender().owner().map(name -> line.addKeyValue("key", name)).orElse(line);
  }
}
