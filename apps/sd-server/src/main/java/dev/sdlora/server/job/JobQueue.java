package dev.sdlora.server.job;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/**
 * The jobs of one pipeline. They start in the order of their arrival, unless somebody moves them,
 * as many at once as their lane has places. Those that have ended are kept for a while. Safe for
 * use by several threads.
 */
public final class JobQueue {
  /** Ended jobs are kept up to this many bytes of heap. */
  private static final long KEPT_BYTES = 100 << 20;

  /** Jobs that wait or run may hold this many bytes of heap together; one alone may hold more. */
  private static final long UNFINISHED_BYTES = 256 << 20;

  private static final int MOST_SECONDS = 600;

  private final int maxJobs;
  private final int maxHistory;
  private final Observer observer;
  private final Changes changes = new Changes();
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Map<Work.Lane, WaitingLine> lines = new EnumMap<>(Work.Lane.class);
  private boolean refusing;
  private boolean closed;

  /** The mean of the latest; empty before one is done. */
  private OptionalDouble meanSeconds = OptionalDouble.empty();

  /**
   * A queue without jobs.
   *
   * @param drawing so many jobs draw at once
   * @param maxJobs so many may wait and run
   * @param maxHistory so many that have ended are kept
   */
  public JobQueue(int drawing, int maxJobs, int maxHistory, Observer observer) {
    this.maxJobs = maxJobs;
    this.maxHistory = maxHistory;
    this.observer = observer;
    lines.put(Work.Lane.DRAWING, new WaitingLine(drawing));
    lines.put(Work.Lane.TRAINING, new WaitingLine(1));
  }

  /** Who is told of ends. */
  public interface Observer {
    /**
     * The work of a job is over, and the next has begun; its end has not been told yet.
     *
     * @return what clients are to be warned of
     */
    default List<String> workEnded(Job job) {
      return List.of();
    }

    /** A job has ended. */
    void ended(Job job);
  }

  /** There is no place for another job. */
  public static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long retryAfter;

    FullException(String why, long retryAfter) {
      super("the queue is full: %s; there may be a place in %s s".formatted(why, retryAfter));
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
      if (refusing) {
        throw new ClosedException();
      }
      int unfinished = unfinished().size();
      if (unfinished >= maxJobs) {
        throw new FullException(unfinished + " jobs wait or run", secondsToAPlace());
      }
      String name = id.orElseGet(() -> UUID.randomUUID().toString());
      if (jobs.containsKey(name)) {
        throw new IllegalArgumentException("there is a job with the id '" + name + "' already");
      }
      job = new Job(name, request, this);
      long held = unfinished().stream().mapToLong(Job::heldBytes).sum();
      if (held > 0 && held + job.heldBytes() > UNFINISHED_BYTES) {
        throw new FullException(
            "the %s jobs that wait or run hold %s MB".formatted(unfinished, held >> 20),
            secondsToAPlace());
      }
      jobs.put(name, job);
      line(job).add(job);
    }
    changes.next();
    startNext(job.work().lane());
    return job;
  }

  private WaitingLine line(Job job) {
    return line(job.work().lane());
  }

  private WaitingLine line(Work.Lane lane) {
    return Objects.requireNonNull(lines.get(lane));
  }

  /** Work begins outside the lock, as it is others' code. */
  private void startNext(Work.Lane lane) {
    Optional<Job> next = next(lane);
    while (next.isPresent()) {
      next.get().start();
      next = next(lane);
    }
  }

  private synchronized Optional<Job> next(Work.Lane lane) {
    return closed ? Optional.empty() : line(lane).next();
  }

  /**
   * Estimates when the first of the jobs that draw will be done: from its steps, or else from the
   * time that others took.
   */
  private long secondsToAPlace() {
    double soonest =
        unfinished().stream()
            .filter(job -> job.work().lane() == Work.Lane.DRAWING && line(job).place(job) == 0)
            .mapToDouble(this::secondsLeft)
            .min()
            .orElse(meanSeconds.orElse(1));
    return Math.min(MOST_SECONDS, Math.max(1, (long) Math.ceil(soonest)));
  }

  /**
   * Estimates the time until a job ends, in seconds: from its steps, or else from the time that
   * others took. It may be over already, which is less than 0.
   */
  public synchronized double secondsLeft(Job job) {
    double known = job.snapshot().secondsLeft();
    return known > 0 ? known : (1 + line(job).place(job)) * meanSeconds.orElse(1) - job.seconds();
  }

  /** What a job did is over, so that another can begin. */
  List<String> workEnded(Job job) {
    synchronized (this) {
      line(job).remove(job);
    }
    startNext(job.work().lane());
    try {
      return observer.workEnded(job);
    } catch (RuntimeException e) { // Else the job would never end.
      return List.of("what is done at the end of jobs failed: " + e);
    }
  }

  void ended(Job job) {
    synchronized (this) {
      if (job.work().lane() == Work.Lane.DRAWING && job.snapshot().state() == JobState.DONE) {
        double mean = meanSeconds.orElse(job.seconds());
        meanSeconds = OptionalDouble.of(0.8 * mean + 0.2 * job.seconds());
      }
      forgetOldest();
      notifyAll();
    }
    observer.ended(job);
  }

  Changes changes() {
    return changes;
  }

  /**
   * Waits until something about any job is new, or some time is over.
   *
   * @param seen what the last call returned; anything at first
   */
  public long awaitChange(long seen, long millis) throws InterruptedException {
    return changes.await(seen, millis);
  }

  /** The newest stay, as many as their number and what they hold allow. */
  private void forgetOldest() {
    List<Job> past = jobs.values().stream().filter(job -> job.snapshot().state().isEnd()).toList();
    long bytes = 0;
    for (int i = past.size() - 1; i >= 0; i--) {
      bytes += past.get(i).heldBytes();
      boolean latest = i == past.size() - 1;
      if (!latest && (past.size() - i > maxHistory || bytes > KEPT_BYTES)) {
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

  /** Whether nothing will happen any more. */
  public synchronized boolean isOver() {
    return closed && unfinished().isEmpty();
  }

  /** The job of an id. */
  public synchronized Optional<Job> find(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Where it stands in the queue: 1 is next; 0 once it runs. */
  public synchronized int place(Job job) {
    return line(job).place(job);
  }

  /**
   * Lets a job that waits start sooner or later. One that does not wait any more stays as it is.
   *
   * @param place 1 is next; the last one for any that is larger
   * @return whether it waits
   */
  public boolean move(Job job, int place) {
    synchronized (this) {
      if (line(job).place(job) == 0) {
        return false;
      }
      line(job).move(job, place);
    }
    changes.next();
    return true;
  }

  /** Forgets a job that has ended. */
  public synchronized void forget(Job job) {
    if (job.snapshot().state().isEnd()) {
      jobs.remove(job.id());
    }
    changes.next();
  }

  /**
   * Takes no more jobs, waits for those that are there, and cancels what is left.
   *
   * @param patience how long to wait before cancelling
   */
  public void close(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      refusing = true;
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
    List<Job> left;
    synchronized (this) {
      closed = true;
      left = unfinished();
    }
    left.forEach(Job::cancel);
  }
}
