package dev.sdlora.server.job.shared;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.store.RequiredFiles;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Makes jobs of requests: in the queue of this process, or in the database that several share. Safe
 * for use by several threads.
 */
public final class DrawingJobs {
  private final JobQueue queue;
  private final Optional<SharedJobs> shared;
  private final Function<Submission, Optional<RequiredFiles>> files;

  /**
   * Creates an entrance.
   *
   * @param shared the jobs that outlive this process; empty if they do not
   * @param files finds the files that a job needs; empty if the servers that draw have them
   */
  public DrawingJobs(
      JobQueue queue,
      Optional<SharedJobs> shared,
      Function<Submission, Optional<RequiredFiles>> files) {
    this.queue = queue;
    this.shared = shared;
    this.files = files;
  }

  /**
   * Adds a job.
   *
   * @param id an id requested by the client; empty for a new one
   * @throws JobQueue.FullException if there is no place
   * @throws JobQueue.ClosedException if the server is stopping
   * @throws JobQueue.TakenException if a job already has this id
   * @throws dev.sdlora.server.job.StoreException if the database cannot be used
   */
  public Job submit(Submission submission, Optional<String> id) {
    return shared.isPresent()
        ? shared
            .get()
            .submit(
                submission,
                files.apply(submission),
                id.orElseGet(() -> UUID.randomUUID().toString()))
        : queue.submit(
            new Job.Request(
                submission.kind(),
                submission.work(),
                submission.settings(),
                submission.format().previews()),
            id);
  }

  /** Returns what the client of a new job should know. */
  public List<String> warnings() {
    return shared.filter(jobs -> jobs.aliveWorkers() == 0 && jobs.waitsForWorkers()).isPresent()
        ? List.of("no worker is alive: the job waits for one")
        : List.of();
  }

  /** Returns a job that is known here or to other servers, if the client may see it. */
  public Optional<Job> find(String id) {
    return queue
        .known(id)
        .or(() -> shared.flatMap(jobs -> jobs.find(id)))
        .filter(JobQueue::isVisible);
  }
}
