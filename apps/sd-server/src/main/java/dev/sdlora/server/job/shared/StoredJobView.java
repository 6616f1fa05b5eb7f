package dev.sdlora.server.job.shared;

import static java.util.stream.Collectors.toSet;

import dev.sdlora.request.json.Fields;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.store.JobReport;
import dev.sdlora.server.job.store.JobStore;
import dev.sdlora.server.job.store.StoredJob;
import dev.sdlora.server.job.store.StoredParts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/**
 * Shows the jobs of the database in the queue of this server, with what other servers do.
 *
 * @param store the database
 * @param queue the queue
 * @param jobs the jobs that clients of the queue change
 */
record StoredJobView(JobStore store, JobQueue queue, SharedJobs jobs) {
  /**
   * Returns a claimed job: of the queue, or of the database alone, whose reports are not followed.
   */
  Optional<Job> claimed(String id) {
    return queue.known(id).or(() -> store.find(id).map(this::adopted));
  }

  /** Returns a job of the database. */
  Optional<Job> find(String id) {
    return store.find(id).map(this::shown);
  }

  /**
   * Shows all unfinished jobs, and the last ended ones.
   *
   * @param history the number of ended jobs
   */
  void show(int history) {
    store.ended(history).forEach(this::shown);
    store.unfinished().forEach(this::follow);
  }

  private Job adopted(StoredJob stored) {
    return stored
        .origin()
        .within(
            () ->
                queue.adopt(
                    new Job.Request(
                        stored.kind(),
                        new SharedWork(stored.id(), stored.title(), stored.parts(), true, jobs),
                        Fields.parse(stored.settings().getBytes(StandardCharsets.UTF_8)).node(),
                        stored.format().previews(),
                        Instant.ofEpochMilli(stored.created()),
                        stored.sender()),
                    stored.id()));
  }

  /** Shows a stored job in the queue. */
  private Job shown(StoredJob stored) {
    Job job = queue.known(stored.id()).orElseGet(() -> adopted(stored));
    follow(stored.status(), job);
    return job;
  }

  /** Tells the queue what the database says about a job. */
  private void follow(StoredJob.Status status) {
    queue
        .known(status.id())
        .ifPresentOrElse(
            job -> follow(status, job), () -> store.find(status.id()).ifPresent(this::shown));
  }

  private void follow(StoredJob.Status status, Job job) {
    if (!(job.work() instanceof SharedWork work) || job.snapshot().state().isEnd()) {
      return;
    }
    job.place(status.place());
    StoredParts parts = new StoredParts(store, status.id());
    if (status.state().isEnd()) {
      work.end(status.state(), JobReport.parse(status.report()), parts);
    } else if (status.state() == JobState.RUNNING && work.isNew(status.report())) {
      work.follow(status.report(), JobReport.parse(status.report()), parts);
    }
  }

  /**
   * Learns what other servers did.
   *
   * @param drawnHere whether this server draws the job with an id
   */
  void follow(Predicate<String> drawnHere) {
    List<StoredJob.Status> stored = store.unfinished();
    stored.forEach(this::follow);
    Set<String> known = stored.stream().map(StoredJob.Status::id).collect(toSet());
    for (Job job : queue.unfinished()) {
      if (job.work() instanceof SharedWork
          && !known.contains(job.id())
          && !drawnHere.test(job.id())) {
        store.find(job.id()).ifPresentOrElse(this::shown, () -> lost(job));
      }
    }
  }

  /**
   * Forgets the jobs that this server handed back or lost.
   *
   * @param drawnHere whether this server draws the job with an id
   */
  void forget(Predicate<String> drawnHere) {
    for (Job job : queue.unfinished()) {
      if (job.work() instanceof SharedWork work && !drawnHere.test(job.id())) {
        work.abandon();
        queue.discard(job);
      }
    }
  }

  /** A job that was submitted a moment ago may not be in the database yet. */
  private static void lost(Job job) {
    boolean isOld = job.created().isBefore(Instant.now().minusSeconds(10));
    if (isOld && job.work() instanceof SharedWork work) {
      work.end(null, new CancellationException());
    }
  }
}
