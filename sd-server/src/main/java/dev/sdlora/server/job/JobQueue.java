package dev.sdlora.server.job;

import dev.sdlora.api.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The jobs of one pipeline, which starts them in the order of their arrival, as many at once as it
 * was built for. Those that have ended are kept for a while. Safe for use by several threads.
 */
public final class JobQueue {
  /** So many pixels of ended jobs are kept, at 3 bytes each. */
  private static final long KEPT_PIXELS = 1 << 25;

  private final Pipeline pipeline;
  private final int maxJobs;
  private final int maxHistory;
  private final Consumer<Job> ended;
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private boolean closed;
  private double meanSeconds = 1;

  /**
   * A queue without jobs.
   *
   * @param maxJobs so many may wait and run
   * @param maxHistory so many that have ended are kept
   * @param ended told of each job at its end
   */
  public JobQueue(Pipeline pipeline, int maxJobs, int maxHistory, Consumer<Job> ended) {
    this.pipeline = pipeline;
    this.maxJobs = maxJobs;
    this.maxHistory = maxHistory;
    this.ended = ended;
  }

  /** There is no place for another job. */
  public static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long retryAfter;

    FullException(int jobs, long retryAfter) {
      super(
          "the queue is full: %s jobs wait or run; there may be a place in %s s"
              .formatted(jobs, retryAfter));
      this.retryAfter = retryAfter;
    }

    /** Seconds. */
    public long retryAfter() {
      return retryAfter;
    }
  }

  /** No more jobs are taken. */
  public static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedException() {
      super("the server is stopping and takes no more jobs");
    }
  }

  /**
   * Takes a job.
   *
   * @param id which the client wants; empty for a new one
   * @throws FullException if there is no place
   * @throws ClosedException while the server stops
   * @throws IllegalArgumentException if there is a job of that id
   */
  public Job submit(Job.Request request, Optional<String> id) {
    Job job;
    synchronized (this) {
      if (closed) {
        throw new ClosedException();
      }
      int unfinished = unfinished().size();
      if (unfinished >= maxJobs) {
        throw new FullException(unfinished, secondsFor(1));
      }
      String name = id.orElseGet(() -> UUID.randomUUID().toString());
      if (jobs.containsKey(name)) {
        throw new IllegalArgumentException("there is a job with the id '" + name + "' already");
      }
      job = new Job(name, request, this::ended);
      jobs.put(name, job);
      try {
        // Within the lock, so that the order here is that of the pipeline.
        job.start(pipeline, request.spec());
      } catch (RuntimeException | Error e) {
        jobs.remove(name);
        throw e;
      }
    }
    return job;
  }

  private long secondsFor(int places) {
    return Math.min(600, Math.max(1, (long) Math.ceil(meanSeconds * places)));
  }

  private void ended(Job job) {
    synchronized (this) {
      meanSeconds = 0.8 * meanSeconds + 0.2 * job.seconds();
      forgetOldest();
      notifyAll();
    }
    ended.accept(job);
  }

  /** The newest stay, as many as their number and their pictures allow. */
  private void forgetOldest() {
    List<Job> past = jobs.values().stream().filter(job -> job.snapshot().state().isEnd()).toList();
    long pixels = 0;
    for (int i = past.size() - 1; i >= 0; i--) {
      pixels +=
          past.get(i).finished().stream()
              .mapToLong(image -> (long) image.width() * image.height())
              .sum();
      boolean latest = i == past.size() - 1;
      if (!latest && (past.size() - i > maxHistory || pixels > KEPT_PIXELS)) {
        jobs.remove(past.get(i).id());
      }
    }
  }

  /** All jobs that are known, in the order of arrival. */
  public synchronized List<Job> jobs() {
    return List.copyOf(jobs.values());
  }

  /** Those that wait or run, in the order of arrival. */
  public synchronized List<Job> unfinished() {
    return jobs.values().stream().filter(job -> !job.snapshot().state().isEnd()).toList();
  }

  /** The job that draws, the oldest of several. */
  public Optional<Job> running() {
    return unfinished().stream()
        .filter(job -> job.snapshot().state() == JobState.RUNNING)
        .findFirst();
  }

  /** The job of an id. */
  public synchronized Optional<Job> find(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Where it stands in the queue: 1 is next; 0 once it runs. */
  public synchronized int place(Job job) {
    int before = 0;
    for (Job other : jobs.values()) {
      if (other == job) {
        break;
      }
      before += other.snapshot().state() == JobState.WAITING ? 1 : 0;
    }
    return job.snapshot().state() == JobState.WAITING ? before + 1 : 0;
  }

  /** Forgets a job that has ended. */
  public synchronized void forget(Job job) {
    if (job.snapshot().state().isEnd()) {
      jobs.remove(job.id());
    }
  }

  /**
   * Takes no more jobs, waits for those that are there, and cancels what is left.
   *
   * @param patience how long to wait before cancelling
   */
  public void close(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      closed = true;
      try {
        long left = patience.toMillis();
        while (!unfinished().isEmpty() && left > 0) {
          wait(left);
          left = (end - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    List<Job> left = new ArrayList<>(unfinished());
    left.forEach(Job::cancel);
  }
}
