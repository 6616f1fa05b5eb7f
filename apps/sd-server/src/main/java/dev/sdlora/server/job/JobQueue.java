package dev.sdlora.server.job;

import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Quotas;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of one pipeline. They start in order of priority and arrival, unless a client moves
 * them; each lane runs a fixed number at once. Ended jobs are kept for a while. A client whose API
 * key hides the jobs of others finds only its own. Safe for use by several threads.
 */
public final class JobQueue {
  /** Limit of heap bytes held by ended jobs. */
  private static final long KEPT_BYTES = 100 << 20;

  /** Limit of heap bytes held by waiting and running jobs together; a single job may exceed it. */
  private static final long UNFINISHED_BYTES = 256 << 20;

  private static final int MOST_SECONDS = 600;

  /** The name of this process among those that claim jobs. */
  private static final String HERE = "here";

  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

  private final int maxJobs;
  private final int maxHistory;
  private final JobObserver observer;
  private final Quotas quotas;
  private final LongSupplier nanos;
  private final Changes changes = new Changes();
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final int drawing;
  private boolean refusing;
  private boolean closed;

  private final Forecast forecast = new Forecast();

  /** The number of jobs that the servers of the database draw at once. */
  private int drawnAtOnce = 1;

  /**
   * Creates an empty queue.
   *
   * @param drawing the number of drawing jobs that run at once
   * @param maxJobs the limit of waiting and running jobs
   * @param maxHistory the limit of ended jobs that are kept
   * @param observer notified of the ends of jobs
   */
  public JobQueue(int drawing, int maxJobs, int maxHistory, JobObserver observer) {
    this(drawing, maxJobs, maxHistory, observer, Quotas.inMemory(), System::nanoTime);
  }

  /**
   * Creates an empty queue.
   *
   * @param drawing the number of drawing jobs that run at once
   * @param maxJobs the limit of waiting and running jobs
   * @param maxHistory the limit of ended jobs that are kept
   * @param observer notified of the ends of jobs
   * @param quotas limits the jobs of each API key
   * @param nanos the clock that measures jobs
   */
  public JobQueue(
      int drawing,
      int maxJobs,
      int maxHistory,
      JobObserver observer,
      Quotas quotas,
      LongSupplier nanos) {
    this.maxJobs = maxJobs;
    this.maxHistory = maxHistory;
    this.observer = observer;
    this.quotas = quotas;
    this.nanos = nanos;
    this.drawing = drawing;
  }

  /** Thrown if there is no place for another job. */
  public static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long retryAfter;

    FullException(String why, long retryAfter) {
      super("the queue is full: %s; try again in %s s".formatted(why, retryAfter));
      this.retryAfter = retryAfter;
    }

    /** Returns the estimated wait in seconds. */
    public long retryAfter() {
      return retryAfter;
    }
  }

  /** Thrown if another job has the requested id. */
  public static final class TakenException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the error for an id. */
    public TakenException(String id) {
      super("a job with the id '" + id + "' already exists");
    }
  }

  /** Thrown when the server is stopping. */
  public static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedException() {
      super("the server is stopping and accepts no more jobs");
    }
  }

  /**
   * Adds a job.
   *
   * @param request the contents of the job
   * @param id an id requested by the client; empty for a new one
   * @throws FullException if there is no place
   * @throws dev.sdlora.server.key.QuotaException if the client has exceeded a limit of its API key
   * @throws ClosedException if the server is stopping
   * @throws TakenException if a job already has this id
   */
  public Job submit(Job.Request request, Optional<String> id) {
    long created = request.created().toEpochMilli();
    int images = request.work().lane() == Work.Lane.TRAINING ? 0 : request.work().parts();
    quotas.count(created, images);
    Job job;
    try {
      job = added(request, id);
    } catch (RuntimeException e) {
      quotas.takeBack(request.sender(), created, 1, images);
      throw e;
    }
    changes.next();
    startNext(job.work().lane());
    return job;
  }

  private synchronized Job added(Job.Request request, Optional<String> id) {
    if (refusing) {
      throw new ClosedException();
    }
    List<Job> unfinished = allUnfinished();
    if (unfinished.size() >= maxJobs) {
      throw new FullException(
          unfinished.size()
              + " jobs are waiting or running"
              + (drawnAtOnce == 0 ? " and no worker is ready" : ""),
          secondsToAPlace());
    }
    String name = id.orElseGet(() -> UUID.randomUUID().toString());
    if (jobs.containsKey(name)) {
      throw new TakenException(name);
    }
    Job job = new Job(name, request, this);
    long held = unfinished.stream().mapToLong(Job::heldBytes).sum();
    if (held > 0 && held + job.heldBytes() > UNFINISHED_BYTES) {
      throw new FullException(
          "the %s waiting and running jobs hold %s MB".formatted(unfinished.size(), held >> 20),
          secondsToAPlace());
    }
    quotas.admit(
        unfinishedOf(request.sender().owner()).size(),
        () -> secondsToAnEnd(request.sender().owner()));
    jobs.put(name, job);
    if (job.work().lane() != Work.Lane.SHARED) { // The database decides its turn.
      lives(job).takeTurn(job, job.sender().owner());
    }
    return job;
  }

  /** Returns the waiting and running jobs of an API key. */
  public synchronized List<Job> unfinishedOf(Optional<String> owner) {
    return allUnfinished().stream().filter(job -> job.sender().owner().equals(owner)).toList();
  }

  /** Estimates the seconds until a job of an API key ends; at least 1. */
  public synchronized double secondsToAnEnd(Optional<String> owner) {
    return unfinishedOf(owner).stream()
        .mapToDouble(this::secondsLeft)
        .min()
        .orElseGet(this::secondsToAPlace);
  }

  /** Adds a job that has its place elsewhere, such as one in a database, without limits. */
  public Job adopt(Job.Request request, String id) {
    Job job = new Job(id, request, this);
    synchronized (this) {
      Job known = jobs.putIfAbsent(id, job);
      if (known != null) {
        return known;
      }
    }
    changes.next();
    startNext(job.work().lane());
    return job;
  }

  /** The clock of claims stands still: this process has what it claims until it ends. */
  private QueuedLives lives(Work.Lane lane) {
    return new QueuedLives(
        () -> in(lane).filter(job -> !job.life().stage().isEnd()).toList(), () -> 1);
  }

  private QueuedLives lives(Job job) {
    return lives(job.work().lane());
  }

  private Stream<Job> in(Work.Lane lane) {
    return jobs.values().stream().filter(job -> job.work().lane() == lane);
  }

  /** Returns the number of jobs of a lane that run at once. */
  private int places(Work.Lane lane) {
    return switch (lane) {
      case DRAWING -> drawing;
      case TRAINING -> 1;
      case SHARED -> Integer.MAX_VALUE;
    };
  }

  /** Starts the next jobs outside the lock, because this runs foreign code. */
  private void startNext(Work.Lane lane) {
    Optional<Job> next = next(lane);
    while (next.isPresent()) {
      next.get().start();
      next = next(lane);
    }
  }

  private synchronized Optional<Job> next(Work.Lane lane) {
    QueuedLives lives = lives(lane);
    return closed || lives.claimed() >= places(lane) ? Optional.empty() : lives.claim(HERE);
  }

  /** Estimates when the first job will end, one of those that run or are next. */
  private long secondsToAPlace() {
    double soonest =
        allUnfinished().stream()
            .filter(job -> place(job) <= 1)
            .mapToDouble(this::secondsLeft)
            .min()
            .orElse(1);
    return Math.min(MOST_SECONDS, (long) Math.ceil(soonest));
  }

  /** Estimates the seconds until a job ends, at least 1: from its steps, or from earlier jobs. */
  public synchronized double secondsLeft(Job job) {
    Work.Lane lane = job.work().lane();
    List<Job> running =
        allUnfinished().stream()
            .filter(other -> other.work().lane() == lane)
            .filter(other -> other.snapshot().state() == JobState.RUNNING)
            .toList();
    int atOnce = lane == Work.Lane.SHARED ? drawnAtOnce : places(lane);
    return forecast.secondsLeft(job, place(job), running, atOnce);
  }

  /**
   * Sets how many jobs of the lane {@link Work.Lane#SHARED} are drawn at once.
   *
   * @param number the number, of all servers; 0 if no server draws
   */
  public synchronized void drawnAtOnce(int number) {
    drawnAtOnce = number;
  }

  /** Sets the mean duration of jobs before this process began, in seconds. */
  public synchronized void expect(double seconds) {
    forecast.expect(seconds);
  }

  /** Takes a job back that was counted to its API key, because it was not added after all. */
  public void uncount(Job job) {
    takeBack(job, 1, job.parts());
  }

  /** Ends a claimed job; returns whether it had not ended before. */
  synchronized boolean end(Job job, JobState end) {
    return lives(job).end(job, HERE, job.life().attempt(), end);
  }

  /** Notes that a client wants a job to end; returns whether it has ended because of this. */
  synchronized boolean cancel(Job job) {
    return lives(job).cancel(job);
  }

  /** Handles the end of a job's work; the next job can begin. */
  List<String> workEnded(Job job) {
    startNext(job.work().lane());
    try {
      return observer.workEnded(job);
    } catch (RuntimeException e) { // Otherwise the job would never end.
      return List.of("saving the results of the job failed: " + e);
    }
  }

  /** Reports the end of a job before clients see it. */
  void ending(Job job, JobState end) {
    if (end != JobState.DONE && job.work().lane() == Work.Lane.DRAWING) {
      int begun = Math.min(job.parts(), job.snapshot().begun());
      takeBack(job, 0, job.parts() - begun);
    }
    observer.ended(job, end);
  }

  synchronized void ended(Job job) {
    if (job.work().lane() != Work.Lane.TRAINING
        && job.seconds() > 0
        && job.snapshot().state() == JobState.DONE) {
      forecast.ended(job.seconds());
    }
    forgetOldest();
    notifyAll();
  }

  void began(Job job) {
    observer.began(job);
  }

  void passed(Job job, Phase.Passed phase) {
    observer.passed(job, phase);
  }

  private void takeBack(Job job, int ofJobs, int images) {
    try {
      quotas.takeBack(job.sender(), job.created().toEpochMilli(), ofJobs, images);
    } catch (StoreException e) { // The images count until the day ends.
      LOG.warn("images of job {} could not be taken back: {}", job.id(), e.getMessage());
    }
  }

  long nanoTime() {
    return nanos.getAsLong();
  }

  Changes changes() {
    return changes;
  }

  /**
   * Waits until any job changes or a timeout expires.
   *
   * @param seen the result of the last call; any value at first
   * @param millis the timeout
   * @return the current state of the change counter
   */
  public long awaitChange(long seen, long millis) throws InterruptedException {
    return changes.await(seen, millis);
  }

  /** Removes the oldest ended jobs beyond the limits of number and bytes. */
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

  /** Returns all known jobs that the client may see, in order of arrival. */
  public synchronized List<Job> jobs() {
    return jobs.values().stream().filter(JobQueue::isVisible).toList();
  }

  /** Returns the waiting and running jobs that the client may see, in order of arrival. */
  public synchronized List<Job> unfinished() {
    return allUnfinished().stream().filter(JobQueue::isVisible).toList();
  }

  private synchronized List<Job> allUnfinished() {
    return jobs.values().stream().filter(job -> !job.snapshot().state().isEnd()).toList();
  }

  /** Whether the client whose request this thread handles may see and change a job. */
  public static boolean isVisible(Job job) {
    return Caller.current().sees(job.sender().owner());
  }

  /** Returns the running job; the oldest if there are several. */
  public Optional<Job> running() {
    return unfinished().stream()
        .filter(job -> job.snapshot().state() == JobState.RUNNING)
        .findFirst();
  }

  /** Whether the queue is closed and no jobs are left to run. */
  public synchronized boolean isOver() {
    return closed && ownUnfinished().isEmpty();
  }

  /** Returns the job with the given id if the client may see it. */
  public Optional<Job> find(String id) {
    return known(id).filter(JobQueue::isVisible);
  }

  /** Returns the job with the given id, whoever may see it: for the server's own work. */
  public synchronized Optional<Job> known(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Returns the position of a job in the queue: 1 is next; 0 once it runs. */
  public synchronized int place(Job job) {
    return lives(job).position(job);
  }

  /**
   * Moves a waiting job to another position. A job that is no longer waiting is not moved. A client
   * with an API key cannot move a job before one with more priority than its own.
   *
   * @param job the job
   * @param place the position: 1 is next; large values mean the last
   * @return whether the job is waiting
   */
  public boolean move(Job job, int place) {
    Optional<Double> moved;
    synchronized (this) {
      if (!job.isWaiting()) {
        return false;
      }
      moved = lives(job).placeAt(job, place);
    }
    if (moved.isPresent()) {
      job.work().move(moved.get());
      job.place(moved.get());
      changes.next();
    }
    return true;
  }

  /** Removes a job that has ended. */
  public void forget(Job job) {
    boolean isOver = job.snapshot().state().isEnd();
    if (isOver) {
      job.work().forgotten();
      synchronized (this) {
        jobs.remove(job.id());
      }
    }
    changes.next();
  }

  /** Removes a job that could not be stored; another one may have its id in the database. */
  public synchronized void discard(Job job) {
    jobs.remove(job.id());
    changes.next();
  }

  /**
   * Refuses new jobs, waits for unfinished ones, and cancels those that remain.
   *
   * @param patience the time to wait before cancelling
   */
  public void close(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      refusing = true;
      try {
        long left = patience.toMillis();
        while (!ownUnfinished().isEmpty() && left > 0) {
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
      left = ownUnfinished();
    }
    left.forEach(Job::cancel);
  }

  /** Returns the unfinished jobs that end with this process. */
  private List<Job> ownUnfinished() {
    return allUnfinished().stream().filter(job -> job.work().endsWithProcess()).toList();
  }
}
