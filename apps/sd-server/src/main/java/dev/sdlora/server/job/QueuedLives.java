package dev.sdlora.server.job;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The lives of the jobs of one lane, in memory. Guarded by the queue.
 *
 * @param jobs the jobs that are not over, in order of arrival
 * @param clock the time in milliseconds, after which claims expire
 */
record QueuedLives(Supplier<List<Job>> jobs, LongSupplier clock)
    implements JobLives<Job, RuntimeException> {

  private Stream<Job> waiting() {
    return jobs.get().stream().filter(job -> job.life().stage() == JobStage.WAITING);
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
    return waiting().map(Job::place).filter(other -> other < place).max(Double::compare);
  }
}
