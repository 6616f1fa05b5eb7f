package dev.sdlora.server.job;

import dev.sdlora.server.key.Caller;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The lives of the jobs of one lane, in memory. Guarded by the queue.
 *
 * @param jobs the jobs that are not over, in order of arrival
 * @param clock the time in milliseconds, after which claims expire
 */
record QueuedLives(Supplier<List<Job>> jobs, LongSupplier clock)
    implements JobLives<Job, RuntimeException> {

  /** A job that is moved to the beginning or the end gets a place so far away, in milliseconds. */
  private static final double STEP = 1000;

  /** Returns the waiting jobs in order; those come first that are about to begin. */
  private List<Job> waiting() {
    return jobs.get().stream()
        .filter(Job::isWaiting)
        .sorted(Comparator.comparing(QueuedLives::mayMove).thenComparingDouble(Job::place))
        .toList();
  }

  /** Whether a waiting job can still be moved, because nothing here has begun with it. */
  private static boolean mayMove(Job job) {
    return job.work().lane() == Work.Lane.SHARED || job.life().stage() == JobStage.WAITING;
  }

  /** Returns the position of a job: 1 is next; 0 once it runs. */
  int position(Job job) {
    return 1 + waiting().indexOf(job);
  }

  /**
   * Returns the place of a waiting job at another position, if it can have one. A client with an
   * API key cannot move a job before one with more priority than its own.
   */
  Optional<Double> placeAt(Job job, int position) {
    List<Job> all = waiting();
    List<Job> others = all.stream().filter(other -> other != job && mayMove(other)).toList();
    if (others.isEmpty() || !mayMove(job)) {
      return Optional.empty();
    }
    int least = best(all.subList(0, all.indexOf(job)));
    int beginning = (int) all.stream().filter(other -> !mayMove(other)).count();
    int at = Math.min(Math.max(0, Math.max(position, least) - 1 - beginning), others.size());
    if (at == 0) {
      return Optional.of(others.get(0).place() - STEP);
    }
    double before = others.get(at - 1).place();
    return Optional.of(at == others.size() ? before + STEP : (before + others.get(at).place()) / 2);
  }

  /** Returns the first position behind all jobs before another that have more priority. */
  private static int best(List<Job> before) {
    int best = before.size();
    int own = Caller.current().priority();
    boolean bound = Caller.current().key().isPresent();
    while (best > 0 && !(bound && before.get(best - 1).sender().priority() > own)) {
      best--;
    }
    return 1 + best;
  }

  /** Returns the number of jobs that have been claimed. */
  long claimed() {
    return jobs.get().stream().filter(job -> job.life().stage() == JobStage.CLAIMED).count();
  }

  /** Claims the next job for a server. */
  Optional<Job> claim(String server) {
    long now = clock.getAsLong();
    Optional<Job> next =
        jobs.get().stream()
            .filter(job -> job.life().at(now).isFree(now))
            .min(Comparator.comparingDouble(Job::place));
    next.ifPresent(job -> claim(job, new Now(job.life().at(now), now), server));
    return next;
  }

  @Override
  public Optional<Now> find(Job job) {
    long now = clock.getAsLong();
    return Optional.of(new Now(job.life().at(now), now));
  }

  @Override
  public void write(Job job, JobLife life) {
    job.life(life);
  }

  @Override
  public List<Peer> peers(Job job) {
    return jobs.get().stream()
        .filter(other -> other != job && other.sender().priority() == job.sender().priority())
        .sorted(Comparator.comparingDouble(Job::place))
        .map(
            other ->
                new Peer(
                    other.life().stage() == JobStage.WAITING,
                    other.place(),
                    other.sender().owner()))
        .toList();
  }

  @Override
  public double place(Job job) {
    return job.place();
  }

  @Override
  public void move(Job job, double place) {
    job.place(place);
  }

  @Override
  public Optional<Double> placeBefore(double place) {
    return waiting().stream()
        .filter(QueuedLives::mayMove)
        .map(Job::place)
        .filter(other -> other < place)
        .max(Double::compare);
  }
}
